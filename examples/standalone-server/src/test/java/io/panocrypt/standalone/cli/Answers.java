package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The answers of a server with long data to every command. */
final class Answers {
    /** 63 characters, the maximum length of a name. */
    static final String NAME = "frontend-web-server-of-the-southern-data-centre.rack-17.node-04";
    /** 26 characters, like every id. */
    static final String DEVICE = "4krtqnwzzzzb2c3d4e5f6g7h2a";

    private static final String MEMBER = "4krtqnwzzzzm2c3d4e5f6g7h2a";
    private static final String REQUEST = "4krtqnwzzzzr2c3d4e5f6g7k4m";
    private static final String OTHER = "4krtqnwzzzzx2c3d4e5f6g7h2a";
    private static final String NOTICE = "n-" + "0123456789abcdef".repeat(4);
    /** A hash, like the id of a closed contact. */
    private static final String CLOSED = "c105ed6789abcdef".repeat(4);

    private static final String TIME = "2026-11-22T04:00:00.123456Z";
    private static final String SOURCE = "2001:db8:1234:5678:9abc:def0:1234:5678";

    /**
     * One command.
     *
     * @param typed the words after the command's name
     * @param line the method and target of the request
     * @param body the answer; empty for 204
     * @param needed JSON pointers to what a person needs from the answer, or from each of its items
     */
    record Answer(String typed, String line, String body, List<String> needed) {
        private static Answer of(String typed, String line, String body, String... needed) {
            return new Answer(typed, line, body.replace('\'', '"'), List.of(needed));
        }
    }

    static final String DEVICE_BODY = ("{'id':'" + DEVICE + "','name':'" + NAME + "','state':'disabled',"
                    + "'unlockUrl':'https://unlock.example.org/u/abcdefghijklmnopqrstuvwxyz','thumbprint':'thumb',"
                    + "'bindCommand':'clevis luks bind -d /dev/sda3 tang config','tags':['environment=production',"
                    + "'site=southern-data-centre','rack=17','role=frontend','owner=platform-team'],'sources':['"
                    + SOURCE + "/128','192.0.2.0/28','198.51.100.0/24'],'networkAccessLists':['" + OTHER
                    + "'],'requireApproval':false,'approval':{'needed':true,'byItself':false,'groups':[{'id':'" + OTHER
                    + "','name':'on-call'},{'id':'" + OTHER + "','name':'night'}],'approvers':[{'id':'" + MEMBER
                    + "','name':'eva'}],'quorum':2,'reachable':true},"
                    + "'acknowledgeOpen':false,'volumes':2,'notes':'the one that hums',"
                    + "'curve':'P-521','keys':[{'generation':1,'hidden':false,'exchange':'kid1'}],'created':'" + TIME
                    + "','warnings':[],'version':7}")
            .replace('\'', '"');
    private static final String MEMBER_BODY = "{'id':'" + MEMBER + "','name':'" + NAME + "','role':'approver',"
            + "'contacts':['mailto:the-people-on-call-at-night@mail.example.org','ntfy://ntfy.example.org/on-call-7f3a'],"
            + "'created':'" + TIME + "','tokenExpires':'2027-01-01T00:00:00Z','version':4}";
    private static final String KEY_BODY = "{'id':'" + OTHER + "','name':'" + NAME + "','uses':512,'usesLeft':311,"
            + "'created':'" + TIME + "','expires':'2026-11-23T04:00:00Z','registerSource':true,"
            + "'initialState':'pending','tags':['environment=production','site=southern'],'sources':['" + SOURCE
            + "/128'],'networkAccessLists':[],'requireApproval':true,'acknowledgeOpen':false,'volumes':2,"
            + "'notes':'','curve':'P-521','warnings':[],'version':3}";
    private static final String GROUP_BODY = "{'id':'" + OTHER + "','name':'" + NAME + "','requiredTags':["
            + "'environment=production','site=southern-data-centre'],'approvers':['" + MEMBER + "','" + OTHER
            + "'],'quorum':2,'proof':'none','version':6}";
    private static final String USER_GROUP_BODY =
            "{'id':'" + OTHER + "','name':'" + NAME + "','members':['" + MEMBER + "','" + OTHER + "'],'version':5}";
    private static final String LIST_BODY = "{'id':'" + OTHER + "','name':'" + NAME + "','cidrs':['" + SOURCE
            + "/128','192.0.2.0/28','198.51.100.0/24'],'acknowledgeOpen':false,'version':4}";
    private static final String REQUEST_BODY = "{'id':'" + REQUEST + "','deviceId':'" + DEVICE + "','source':'"
            + SOURCE + "','state':'collected','since':'2026-11-22T04:00:00Z','lastSeen':'" + TIME
            + "','attempts':2,'uses':3,'approvers':['" + MEMBER + "'],'decisions':[{'member':'" + MEMBER
            + "','verdict':'defer','time':'2026-11-22T04:00:07Z','comment':'I am in a meeting and shall look at"
            + " it when I am at my desk again'}],'askedAgain':true,'collected':0,'windowEnd':null}";
    private static final String ALLOWANCE_BODY = "{'id':'" + OTHER + "','uses':512,'usesLeft':311,'skips':["
            + "'disabled','source','temporary-deny','approval'],'source':'" + SOURCE
            + "/128','expires':'2026-11-22T05:00:00Z'}";
    private static final String LOCKDOWN_BODY = "{'id':'" + OTHER + "','created':'2026-11-22T04:00:00Z','tags':["
            + "'environment=production','site=southern-data-centre'],'reason':'two servers were stolen from rack 17'}";
    private static final String MASTER_KEY_BODY = "{'fingerprint':'" + CLOSED + "','offered':'" + CLOSED
            + "','settled':false,'keys':24012,'remaining':11873,'rewrapStarted':'" + TIME + "','previous':['"
            + "fedcba9876543210".repeat(4) + "'],'unusable':['device " + DEVICE + "'],'nodes':[{'id':'" + OTHER
            + "','seen':'" + TIME + "','fingerprints':['" + CLOSED + "','" + "fedcba9876543210".repeat(4) + "']}]}";
    private static final String WEBHOOK_BODY = "{'id':'" + OTHER
            + "','url':'https://hooks.example.org/a/rather/long/path/to/the/receiver','events':['request.opened',"
            + "'device.no-approver'],'closed':false,'dead':{'count':31,'cause':'connection refused','died':"
            + "'2026-11-22T05:00:00Z'},'created':'" + TIME + "','version':1}";

    private static final String USE_BODY =
            "{'generation':1,'time':'" + TIME + "','source':'" + SOURCE + "','outcome':'allowed'}";
    private static final String JOB_BODY =
            "{'id':'" + OTHER + "','act':'rotate','tags':['environment=production','site=southern'],"
                    + "'age':'PT4320H','pace':60,'startedBy':'" + MEMBER + "','started':'" + TIME
                    + "','state':'cancelled','ended':'" + TIME + "','changed':2311,'kept':0,'failed':12,'version':9}";

    /** By the command's name, with spaces. */
    static final Map<String, Answer> ALL = Map.ofEntries(
            Map.entry(
                    "device add",
                    Answer.of("web2", "POST /devices", DEVICE_BODY, "/id", "/name", "/unlockUrl", "/bindCommand")),
            Map.entry(
                    "device list",
                    Answer.of(
                            "",
                            "GET /devices?limit=500",
                            items(DEVICE_BODY),
                            "/id",
                            "/name",
                            "/state",
                            "/tags",
                            "/approval/groups/0/name")),
            Map.entry(
                    "device show",
                    Answer.of(
                            DEVICE,
                            "GET /devices/" + DEVICE,
                            DEVICE_BODY,
                            "/id",
                            "/name",
                            "/tags",
                            "/sources",
                            "/approval/groups/1/name",
                            "/approval/approvers/0/name",
                            "/approval/quorum")),
            Map.entry(
                    "device edit",
                    Answer.of(
                            DEVICE + " --notes x",
                            "PATCH /devices/" + DEVICE,
                            DEVICE_BODY,
                            "/id",
                            "/name",
                            "/tags",
                            "/approval/groups/0/name")),
            Map.entry("device disable", act("disable")),
            Map.entry("device enable", act("enable")),
            Map.entry("device confirm", act("confirm")),
            Map.entry(
                    "device revoke",
                    Answer.of(
                            DEVICE + " --confirm " + NAME,
                            "POST /devices/" + DEVICE + "/revoke",
                            DEVICE_BODY,
                            "/name",
                            "/state")),
            Map.entry(
                    "device rotate-keys",
                    Answer.of(
                            DEVICE,
                            "POST /devices/" + DEVICE + "/rotate-keys",
                            DEVICE_BODY,
                            "/name",
                            "/thumbprint",
                            "/bindCommand")),
            Map.entry(
                    "device kit",
                    Answer.of(
                            DEVICE,
                            "GET /devices/" + DEVICE + "/advertisement",
                            "{'id':'" + DEVICE + "','unlockUrl':'http://h/u/t','thumbprint':'thumb','advertisement':"
                                    + "{'payload':'p','protected':'h','signature':'s'}}",
                            "/unlockUrl",
                            "/thumbprint",
                            "/advertisement/payload")),
            Map.entry(
                    "device register-source",
                    Answer.of(
                            DEVICE + " --yes",
                            "POST /devices/" + DEVICE + "/register-source",
                            DEVICE_BODY.replaceFirst(
                                    "[{]",
                                    "{'registeredSource':'" + SOURCE + "/128','refused':{'source':'" + SOURCE
                                            + "','time':'" + TIME + "','otherSources':17,'complete':false},"),
                            "/name",
                            "/registeredSource",
                            "/refused/source",
                            "/refused/time",
                            "/refused/otherSources")),
            Map.entry(
                    "device allow",
                    Answer.of(DEVICE, "POST /devices/" + DEVICE + "/allowances", ALLOWANCE_BODY, "/id", "/usesLeft")),
            Map.entry(
                    "device allowances",
                    Answer.of(
                            DEVICE,
                            "GET /devices/" + DEVICE + "/allowances?limit=500",
                            items(ALLOWANCE_BODY),
                            "/id",
                            "/usesLeft",
                            "/source",
                            "/skips",
                            "/expires")),
            Map.entry(
                    "device cancel-allowance",
                    Answer.of(DEVICE + " " + OTHER, "DELETE /devices/" + DEVICE + "/allowances/" + OTHER, "")),
            Map.entry("device lift-deny", Answer.of(DEVICE, "DELETE /devices/" + DEVICE + "/temporary-deny", "")),
            Map.entry(
                    "device dry-run",
                    Answer.of(
                            DEVICE + " --source 192.0.2.1",
                            "POST /devices/" + DEVICE + "/dry-run",
                            "{'outcome':'denied','reason':'rule:night','gates':[{'gate':'key','result':'pass'}],"
                                    + "'rule':{'name':'night','reason':'too late'},'warnings':[]}",
                            "/outcome",
                            "/reason",
                            "/rule/name",
                            "/rule/reason",
                            "/gates/0/gate",
                            "/gates/0/result")),
            Map.entry(
                    "request list",
                    Answer.of(
                            "",
                            "GET /requests?state=pending&limit=500",
                            items(REQUEST_BODY),
                            "/id",
                            "/source",
                            "/state")),
            Map.entry("request show", Answer.of(REQUEST, "GET /requests/" + REQUEST, REQUEST_BODY, requestNeeds())),
            Map.entry("request approve", decision("approve")),
            Map.entry("request deny", decision("deny")),
            Map.entry("request defer", decision("defer")),
            Map.entry(
                    "group add",
                    Answer.of("ops --tag prod", "POST /approval-groups", GROUP_BODY, "/id", "/name", "/quorum")),
            Map.entry(
                    "group list",
                    Answer.of("", "GET /approval-groups?limit=500", items(GROUP_BODY), "/id", "/name", "/quorum")),
            Map.entry(
                    "group show",
                    Answer.of(OTHER, "GET /approval-groups/" + OTHER, GROUP_BODY, "/id", "/name", "/requiredTags")),
            Map.entry(
                    "group edit",
                    Answer.of(OTHER + " --quorum 2", "PATCH /approval-groups/" + OTHER, GROUP_BODY, "/id", "/quorum")),
            Map.entry("group remove", Answer.of(OTHER, "DELETE /approval-groups/" + OTHER, "")),
            Map.entry("user-group add", Answer.of("people", "POST /user-groups", USER_GROUP_BODY, "/id", "/name")),
            Map.entry(
                    "user-group list",
                    Answer.of("", "GET /user-groups?limit=500", items(USER_GROUP_BODY), "/id", "/name")),
            Map.entry(
                    "user-group show", Answer.of(OTHER, "GET /user-groups/" + OTHER, USER_GROUP_BODY, "/id", "/name")),
            Map.entry(
                    "user-group edit",
                    Answer.of(OTHER + " --name x", "PATCH /user-groups/" + OTHER, USER_GROUP_BODY, "/id", "/name")),
            Map.entry("user-group remove", Answer.of(OTHER, "DELETE /user-groups/" + OTHER, "")),
            Map.entry(
                    "member add",
                    Answer.of("eva", "POST /members", secret(MEMBER_BODY, "token"), "/id", "/name", "/token")),
            Map.entry(
                    "member list",
                    Answer.of("", "GET /members?limit=500", items(MEMBER_BODY), "/id", "/name", "/role", "/contacts")),
            Map.entry(
                    "member show",
                    Answer.of(MEMBER, "GET /members/" + MEMBER, MEMBER_BODY, "/id", "/name", "/role", "/contacts")),
            Map.entry(
                    "member edit",
                    Answer.of(MEMBER + " --role viewer", "PATCH /members/" + MEMBER, MEMBER_BODY, "/id", "/role")),
            Map.entry(
                    "member rotate-token",
                    Answer.of(MEMBER, "POST /members/" + MEMBER + "/token", secret(MEMBER_BODY, "token"), "/token")),
            Map.entry(
                    "member test",
                    Answer.of(
                            MEMBER + " mailto:a@example.org",
                            "POST /members/" + MEMBER + "/contacts/test",
                            "{'result':'delivered'}",
                            "/result")),
            Map.entry("member remove", Answer.of(MEMBER, "DELETE /members/" + MEMBER, "")),
            Map.entry(
                    "key add",
                    Answer.of("rack", "POST /enrollment-keys", secret(KEY_BODY, "secret"), "/id", "/name", "/secret")),
            Map.entry(
                    "key import",
                    Answer.of(". --name x", "POST /devices/import", DEVICE_BODY, "/id", "/name", "/thumbprint")),
            Map.entry(
                    "key report",
                    Answer.of(
                            "",
                            "GET /key-report?limit=500",
                            "{'items':[{'id':'" + DEVICE + "','name':'" + NAME + "','advertisedSince':'" + TIME
                                    + "','hidden':2,'lastHiddenUse':" + USE_BODY + "}],'nextCursor':null,'time':'"
                                    + TIME
                                    + "','devices':240,'ages':[{'days':0,'devices':240},{'days':180,'devices':17}],"
                                    + "'withHidden':121,'usingHidden':3,'unproven':44,'lastHiddenUse':'" + TIME
                                    + "','current':true}",
                            "/name",
                            "/lastHiddenUse/source",
                            "/id")),
            Map.entry("key rotate", job("--tag x", "POST /key-jobs")),
            Map.entry("key destroy-unused", job("--tag x --older-than 30d", "POST /key-jobs")),
            Map.entry("key job", job(OTHER, "GET /key-jobs/" + OTHER)),
            Map.entry(
                    "key jobs",
                    Answer.of("", "GET /key-jobs?limit=500", items(JOB_BODY), "/id", "/state", "/changed", "/tags")),
            Map.entry("key cancel-job", Answer.of(OTHER, "DELETE /key-jobs/" + OTHER, "")),
            Map.entry(
                    "device keys",
                    Answer.of(
                            DEVICE,
                            "GET /devices/" + DEVICE + "/keys",
                            items("{'generation':1,'state':'hidden','signing':'kid2','exchange':'kid1','created':'"
                                    + TIME + "','hiddenSince':'" + TIME + "','lastUse':" + USE_BODY
                                    + ",'provablyUnused':false}"),
                            "/generation",
                            "/state",
                            "/lastUse/source",
                            "/exchange")),
            Map.entry(
                    "key list",
                    Answer.of("", "GET /enrollment-keys?limit=500", items(KEY_BODY), "/id", "/name", "/usesLeft")),
            Map.entry(
                    "key show",
                    Answer.of(OTHER, "GET /enrollment-keys/" + OTHER, KEY_BODY, "/id", "/name", "/uses", "/tags")),
            Map.entry("key revoke", Answer.of(OTHER, "DELETE /enrollment-keys/" + OTHER, "")),
            Map.entry("key remove", Answer.of(OTHER, "DELETE /enrollment-keys/" + OTHER, "")),
            Map.entry(
                    "history list",
                    Answer.of(
                            "",
                            "GET /history?limit=50",
                            items("{'time':'" + TIME + "','device':'" + DEVICE + "','source':'" + SOURCE
                                    + "','outcome':'allowed','reason':'source-not-allowed','count':12,'spent':'"
                                    + OTHER + "','rule':{'name':'night','reason':'too late'},"
                                    + "'note':'a note of the rule that decided this'}"),
                            "/source",
                            "/outcome",
                            "/reason",
                            "/count",
                            "/rule/reason",
                            "/note")),
            Map.entry(
                    "history verify",
                    Answer.of(
                            "",
                            "POST /history/verify",
                            "{'intact':true,'rows':9,'brokenAt':null,'chains':[{'chain':'n1','cut':0,'signed':8,"
                                    + "'last':9}],'checkpointKey':'thumbprint'}",
                            "/rows",
                            "/checkpointKey",
                            "/chains/0/chain")),
            Map.entry(
                    "history export",
                    Answer.of("", "GET /history/export", "{'format':'panocrypt-history-1'}", "/format")),
            Map.entry(
                    "audit",
                    Answer.of(
                            "",
                            "GET /audit?limit=50",
                            items("{'time':'" + TIME + "','actor':'" + MEMBER
                                    + "','action':'device.lift-temporary-deny','kind':'approval-group','objectId':'"
                                    + OTHER
                                    + "','before':{'name':'" + NAME + "','requiredTags':[],'approvers':[],'quorum':1},"
                                    + "'after':{'name':'" + NAME + "','requiredTags':['a'],'approvers':['b'],"
                                    + "'quorum':2}}"),
                            "/action",
                            "/actor",
                            "/objectId",
                            "/after/name")),
            Map.entry("list add", Answer.of("office", "POST /network-access-lists", LIST_BODY, "/id", "/name")),
            Map.entry(
                    "list list",
                    Answer.of("", "GET /network-access-lists?limit=500", items(LIST_BODY), "/id", "/name", "/cidrs")),
            Map.entry(
                    "list show",
                    Answer.of(OTHER, "GET /network-access-lists/" + OTHER, LIST_BODY, "/id", "/name", "/cidrs")),
            Map.entry(
                    "list edit",
                    Answer.of(OTHER + " --name x", "PATCH /network-access-lists/" + OTHER, LIST_BODY, "/id", "/cidrs")),
            Map.entry("list delete", Answer.of(OTHER, "DELETE /network-access-lists/" + OTHER, "")),
            Map.entry("list remove", Answer.of(OTHER, "DELETE /network-access-lists/" + OTHER, "")),
            Map.entry(
                    "lockdown start",
                    Answer.of("--reason x", "POST /lockdowns", LOCKDOWN_BODY, "/id", "/tags", "/reason")),
            Map.entry(
                    "lockdown list",
                    Answer.of("", "GET /lockdowns?limit=500", items(LOCKDOWN_BODY), "/id", "/tags", "/reason")),
            Map.entry(
                    "fence show",
                    Answer.of(
                            "",
                            "GET /fence",
                            "{'id':'" + OTHER
                                    + "','backupTime':'2026-11-22T04:00:00Z','restored':'2026-11-23T04:00:00Z',"
                                    + "'heads':[{'chain':'n1','sequence':917,'hash':'h'}],'openGrants':31,"
                                    + "'openRequests':7,'grants':[{'device':'" + DEVICE + "','usesLeft':5,"
                                    + "'expires':'2026-11-22T05:00:00Z'}],'checkpointKey':{}}",
                            "/id",
                            "/backupTime",
                            "/restored",
                            "/heads/0/chain",
                            "/heads/0/sequence",
                            "/openGrants",
                            "/openRequests",
                            "/grants/0/usesLeft",
                            "/grants/0/expires")),
            Map.entry("fence lift", Answer.of("--confirm " + OTHER, "DELETE /fence", "")),
            Map.entry("lockdown lift", Answer.of(OTHER, "DELETE /lockdowns/" + OTHER, "")),
            Map.entry(
                    "webhook add",
                    Answer.of(
                            "https://hooks.example.org",
                            "POST /webhooks",
                            secret(WEBHOOK_BODY, "secret"),
                            "/secret",
                            "/id")),
            Map.entry(
                    "webhook list",
                    Answer.of(
                            "",
                            "GET /webhooks?limit=500",
                            items(WEBHOOK_BODY),
                            "/id",
                            "/url",
                            "/events",
                            "/dead/count",
                            "/dead/cause",
                            "/dead/died")),
            Map.entry(
                    "webhook show",
                    Answer.of(
                            OTHER,
                            "GET /webhooks/" + OTHER,
                            WEBHOOK_BODY,
                            "/id",
                            "/url",
                            "/events",
                            "/dead/count",
                            "/dead/cause")),
            Map.entry(
                    "webhook edit",
                    Answer.of(OTHER + " --all-events", "PATCH /webhooks/" + OTHER, WEBHOOK_BODY, "/id")),
            Map.entry(
                    "webhook secret",
                    Answer.of(OTHER, "POST /webhooks/" + OTHER + "/secret", secret(WEBHOOK_BODY, "secret"), "/secret")),
            Map.entry(
                    "webhook test",
                    Answer.of(OTHER, "POST /webhooks/" + OTHER + "/test", "{'result':'delivered'}", "/result")),
            Map.entry("webhook remove", Answer.of(OTHER, "DELETE /webhooks/" + OTHER, "")),
            Map.entry(
                    "outbox status",
                    Answer.of(
                            "",
                            "GET /outbox",
                            "{'waiting':41,'oldest':null,'lagSeconds':42,'dead':43}",
                            "/waiting",
                            "/lagSeconds",
                            "/dead")),
            Map.entry(
                    "outbox failing",
                    Answer.of(
                            "",
                            "GET /outbox/failing",
                            items("{'contact':'https://hooks.example.org/a/rather/long/path/to/the/receiver',"
                                    + "'cause':'the connection was refused by the other side','since':'" + TIME + "'}"),
                            "/contact",
                            "/cause")),
            Map.entry(
                    "outbox list",
                    Answer.of(
                            "",
                            "GET /outbox/dead-letters?limit=500",
                            items("{'id':'" + NOTICE
                                    + "','event':'request.opened','contact':'https://hooks.example.org/"
                                    + "a/rather/long/path','attempts':12,'cause':'the connection was refused',"
                                    + "'died':'" + TIME + "'}"),
                            "/id",
                            "/event",
                            "/contact",
                            "/cause")),
            Map.entry(
                    "outbox closed",
                    Answer.of(
                            "",
                            "GET /closed-contacts?limit=500",
                            items("{'id':'" + CLOSED + "','contact':'https://hooks.example.org/a/rather/long/path',"
                                    + "'cause':'HTTP 410, and so it exists no more','since':'" + TIME + "'}"),
                            "/id",
                            "/contact",
                            "/cause")),
            Map.entry("outbox reopen", Answer.of("c105ed6789", "DELETE /closed-contacts/" + CLOSED, "")),
            Map.entry(
                    "device denies",
                    Answer.of(
                            DEVICE,
                            "GET /devices/" + DEVICE + "/temporary-deny?limit=500",
                            items("{'source':'" + SOURCE + "','until':'2026-11-22T05:00:00Z','cause':'eva has denied"
                                    + " it and gave this as her reason'}"),
                            "/source",
                            "/until",
                            "/cause")),
            Map.entry("device destroy-keys", Answer.of(DEVICE + " 1", "DELETE /devices/" + DEVICE + "/keys/1", "")),
            Map.entry(
                    "member browsers",
                    Answer.of(
                            MEMBER,
                            "GET /members/" + MEMBER + "/push-subscriptions",
                            items("{'id':'0123456789abcdef0123456789abcdef','host':'push.example.org'}"),
                            "/id",
                            "/host")),
            Map.entry(
                    "member test-browser",
                    Answer.of(
                            MEMBER + " b1",
                            "POST /members/" + MEMBER + "/push-subscriptions/b1/test",
                            "{'result':'delivered'}",
                            "/result")),
            Map.entry(
                    "member remove-browser",
                    Answer.of(MEMBER + " b1", "DELETE /members/" + MEMBER + "/push-subscriptions/b1", "")),
            Map.entry(
                    "lockdown show",
                    Answer.of(OTHER, "GET /lockdowns/" + OTHER, LOCKDOWN_BODY, "/id", "/tags", "/reason")),
            Map.entry(
                    "master-key status",
                    Answer.of(
                            "",
                            "GET /master-key",
                            MASTER_KEY_BODY,
                            "/fingerprint",
                            "/keys",
                            "/remaining",
                            "/previous/0",
                            "/unusable/0")),
            Map.entry(
                    "master-key rewrap",
                    Answer.of("", "POST /master-key/rewrap", MASTER_KEY_BODY, "/fingerprint", "/remaining")),
            Map.entry("outbox retry", Answer.of("n-01234567", "POST /outbox/retry", "")),
            Map.entry("outbox drop", Answer.of(NOTICE, "POST /outbox/drop", "")));

    private Answers() {}

    private static Answer job(String typed, String line) {
        return Answer.of(typed, line, JOB_BODY, "/id", "/act", "/state", "/changed", "/failed", "/pace");
    }

    private static Answer act(String verb) {
        return Answer.of(DEVICE, "POST /devices/" + DEVICE + "/" + verb, DEVICE_BODY, "/name", "/state");
    }

    private static Answer decision(String verb) {
        return Answer.of(REQUEST, "POST /requests/" + REQUEST + "/" + verb, REQUEST_BODY, requestNeeds());
    }

    private static String[] requestNeeds() {
        return new String[] {"/id", "/source", "/state", "/uses", "/decisions/0/verdict", "/decisions/0/comment"};
    }

    private static String items(String item) {
        return "{'items':[" + item + "],'nextCursor':null}";
    }

    private static String secret(String body, String name) {
        return body.substring(0, body.length() - 1) + ",'" + name + "':'Told-Once'}";
    }

    /** Prepares a server for all commands, including the preceding requests of some. */
    static void prepare(StubServer server) {
        server.on("GET /devices/" + DEVICE, 200, DEVICE_BODY)
                .on("GET /members/" + MEMBER, 200, MEMBER_BODY.replace('\'', '"'))
                .on("GET /approval-groups/" + OTHER, 200, GROUP_BODY.replace('\'', '"'))
                .on("GET /user-groups/" + OTHER, 200, USER_GROUP_BODY.replace('\'', '"'))
                .on("GET /network-access-lists/" + OTHER, 200, LIST_BODY.replace('\'', '"'))
                .on("GET /enrollment-keys/" + OTHER, 200, KEY_BODY.replace('\'', '"'))
                .on("GET /webhooks/" + OTHER, 200, WEBHOOK_BODY.replace('\'', '"'))
                .on("GET /requests/" + REQUEST, 200, REQUEST_BODY.replace('\'', '"'));
        ALL.values().forEach(one -> server.on(one.line(), one.body().isEmpty() ? 204 : 200, one.body()));
    }

    static Answer of(String command) {
        Answer answer = ALL.get(command);
        if (answer == null) {
            throw new AssertionError("nothing is prepared for the command " + command);
        }
        return answer;
    }

    static String[] typed(String command, String... further) {
        List<String> words =
                new ArrayList<>(List.of((command + " " + of(command).typed()).split(" +")));
        words.addAll(List.of(further));
        return words.toArray(String[]::new);
    }

    /** The values that a person needs to see; each element of a list separately. */
    static List<String> needed(String command, JsonNode json) {
        List<JsonNode> objects = json.has("items") ? elements(json.path("items")) : List.of(json);
        return objects.stream()
                .flatMap(object -> of(command).needed().stream().map(object::at))
                .flatMap(value -> value.isArray() ? elements(value).stream() : Stream.of(value))
                .map(JsonNode::asText)
                .toList();
    }

    private static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
