package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for members, groups and decisions. */
class PeopleTest extends CliFixture {
    private static final String EVA = "{\"id\":\"m1\",\"name\":\"eva\",\"role\":\"approver\","
            + "\"contacts\":[\"mailto:eva@example.org\"],\"created\":\"2026-11-22T04:00:00Z\",\"tokenExpires\":null,"
            + "\"version\":4}";
    private static final String PEOPLE = "{\"id\":\"u1\",\"name\":\"people\",\"members\":[\"m1\"],\"version\":5}";
    private static final String OPS = "{\"id\":\"g1\",\"name\":\"ops\",\"requiredTags\":[\"prod\"],"
            + "\"approvers\":[\"m1\",\"u1\"],\"quorum\":2,\"proof\":\"signed\",\"version\":6}";
    private static final String REQUEST_ID = "4krtqnwzzzzr2c3d4e5f6g7k4m";
    private static final String REQUEST =
            "{\"id\":\"4krtqnwzzzzr2c3d4e5f6g7k4m\",\"deviceId\":\"abc234\",\"source\":\"192.0.2.1\","
                    + "\"state\":\"pending\",\"since\":\"2026-11-22T04:00:00Z\",\"lastSeen\":\"2026-11-22T04:00:05Z\","
                    + "\"attempts\":2,\"uses\":3,\"approvers\":[\"m1\",\"gone\"],\"decisions\":[{\"member\":\"m1\",\"verdict\":\"defer\","
                    + "\"time\":\"2026-11-22T04:00:07Z\",\"comment\":\"in a meeting\"}],\"askedAgain\":true,\"collected\":0,"
                    + "\"windowEnd\":null}";

    private static String list(String item) {
        return "{\"items\":[" + item + "],\"nextCursor\":null}";
    }

    @BeforeEach
    void knowThem() {
        server.on("GET /members/m1", 200, EVA)
                .on("GET /members/me", 200, EVA)
                .on("GET /members?limit=500", 200, list(EVA))
                .on("GET /user-groups/u1", 200, PEOPLE)
                .on("GET /user-groups?limit=500", 200, list(PEOPLE))
                .on("GET /approval-groups/g1", 200, OPS)
                .on("GET /approval-groups?limit=500", 200, list(OPS))
                .on("GET /requests/4krtqnwzzzzr2c3d4e5f6g7k4m", 200, REQUEST)
                .on("GET /requests?limit=500", 200, list(REQUEST))
                .on("GET /requests?state=denied&limit=500", 200, list(REQUEST))
                .on("GET /requests?state=pending&limit=500", 200, list(REQUEST));
    }

    /** Each command, its main request, the body, and the version. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "member add eva | POST /members | {\"name\":\"eva\",\"contacts\":[]} |",
                "member add eva --role approver --contact mailto:eva@example.org --token-expires-in P90D | POST /members"
                        + " | {\"name\":\"eva\",\"role\":\"approver\",\"contacts\":[\"mailto:eva@example.org\"],"
                        + "\"tokenExpiresIn\":\"PT2160H\"} |",
                "member add ci --scope allow-once:env=test --scope read:env=test,web | POST /members |"
                        + " {\"name\":\"ci\",\"contacts\":[],\"scopes\":[{\"act\":\"allow-once\",\"tags\":[\"env=test\"]},"
                        + "{\"act\":\"read\",\"tags\":[\"env=test\",\"web\"]}]} |",
                "member edit eva --scope disable:rack:4 | PATCH /members/m1 |"
                        + " {\"scopes\":[{\"act\":\"disable\",\"tags\":[\"rack:4\"]}]} | \"4\"",
                "member add eva --directory corp --subject Eva | POST /members |"
                        + " {\"name\":\"eva\",\"contacts\":[],\"directory\":\"corp\",\"subject\":\"Eva\"} |",
                "member list | GET /members?limit=500 | `` |",
                "member show me | GET /members/me | `` |",
                "member edit eva --name evi --role admin --contact tel:1 | PATCH /members/m1 |"
                        + " {\"name\":\"evi\",\"role\":\"admin\",\"contacts\":[\"tel:1\"]} | \"4\"",
                "member edit eva --no-contacts | PATCH /members/m1 | {\"contacts\":[]} | \"4\"",
                "member rotate-token me | POST /members/m1/token | {} |",
                "member rotate-token eva --expires-in PT1H | POST /members/m1/token | {\"expiresIn\":\"PT1H\"} |",
                "member remove eva | DELETE /members/m1 | `` |",
                "user-group add people | POST /user-groups | {\"name\":\"people\",\"members\":[]} |",
                "user-group add people --member eva | POST /user-groups |"
                        + " {\"name\":\"people\",\"members\":[\"m1\"]} |",
                "user-group list | GET /user-groups?limit=500 | `` |",
                "user-group show people | GET /user-groups/u1 | `` |",
                "user-group edit people --name crowd --member m1 | PATCH /user-groups/u1 |"
                        + " {\"name\":\"crowd\",\"members\":[\"m1\"]} | \"5\"",
                "user-group edit people --no-members | PATCH /user-groups/u1 | {\"members\":[]} | \"5\"",
                "user-group edit people --no-members --confirm | PATCH /user-groups/u1 |"
                        + " {\"members\":[],\"confirm\":true} | \"5\"",
                "user-group remove people | DELETE /user-groups/u1 | `` |",
                "user-group remove people --confirm | DELETE /user-groups/u1?confirm=true | `` |",
                "group add ops --tag prod --quorum 2 --confirm | POST /approval-groups |"
                        + " {\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[],\"quorum\":2,\"confirm\":true} |",
                "member edit eva --role viewer --confirm | PATCH /members/m1 |"
                        + " {\"role\":\"viewer\",\"confirm\":true} | \"4\"",
                "member remove eva --confirm | DELETE /members/m1?confirm=true | `` |",
                "group add ops --tag prod --tag db --approver eva --approver people --quorum 2 | POST /approval-groups |"
                        + " {\"name\":\"ops\",\"requiredTags\":[\"prod\",\"db\"],\"approvers\":[\"m1\",\"u1\"],"
                        + "\"quorum\":2} |",
                "group list | GET /approval-groups?limit=500 | `` |",
                "group show ops | GET /approval-groups/g1 | `` |",
                "group edit ops --name night --tag x --approver u1 --quorum 1 --confirm | PATCH /approval-groups/g1 |"
                        + " {\"name\":\"night\",\"requiredTags\":[\"x\"],\"approvers\":[\"u1\"],\"quorum\":1,"
                        + "\"confirm\":true} | \"6\"",
                "group add ops --tag prod --proof signed | POST /approval-groups |"
                        + " {\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[],\"proof\":\"signed\"} |",
                "group edit ops --proof none | PATCH /approval-groups/g1 | {\"proof\":\"none\"} | \"6\"",
                "group edit ops --no-approvers | PATCH /approval-groups/g1 | {\"approvers\":[]} | \"6\"",
                "group remove ops | DELETE /approval-groups/g1 | `` |",
                "group remove ops --confirm | DELETE /approval-groups/g1?confirm=true | `` |",
                "request list | GET /requests?state=pending&limit=500 | `` |",
                "request list --state denied | GET /requests?state=denied&limit=500 | `` |",
                "request list --state all | GET /requests?limit=500 | `` |",
                "request show 4krtqnwzzzzr2c3d4e5f6g7k4m | GET /requests/4krtqnwzzzzr2c3d4e5f6g7k4m | `` |",
                "request approve 4krtqnwzzzzr2c3d4e5f6g7k4m | POST /requests/4krtqnwzzzzr2c3d4e5f6g7k4m/approve | {} |",
                "request approve 4krtqnwzzzzr2c3d4e5f6g7k4m --comment ok --source 192.0.2.1 --source 2001:db8::1 | POST /requests/4krtqnwzzzzr2c3d4e5f6g7k4m/approve |"
                        + " {\"comment\":\"ok\",\"sources\":[\"192.0.2.1\",\"2001:db8::1\"]} |",
                "request deny 4krtqnwzzzzr2c3d4e5f6g7k4m --comment no --scope device | POST /requests/4krtqnwzzzzr2c3d4e5f6g7k4m/deny |"
                        + " {\"comment\":\"no\",\"scope\":\"device\"} |",
                "request deny 4krtqnwzzzzr2c3d4e5f6g7k4m | POST /requests/4krtqnwzzzzr2c3d4e5f6g7k4m/deny | {} |",
                "request defer 4krtqnwzzzzr2c3d4e5f6g7k4m --comment later | POST /requests/4krtqnwzzzzr2c3d4e5f6g7k4m/defer | {\"comment\":\"later\"} |"
            })
    void asksTheServerAsItsInterfaceSays(String command, String line, String body, String version) {
        if (line.startsWith("DELETE")) {
            server.on(line, 204, "");
        } else if (!line.startsWith("GET")) {
            server.on(
                    line,
                    200,
                    line.contains("members")
                            ? EVA.replace("}", ",\"token\":\"t\"}")
                            : line.contains("user-groups") ? PEOPLE : line.contains("approval-groups") ? OPS : REQUEST);
        }
        assertDone(run(words(command)));
        StubServer.Asked asked = server.asked().stream()
                .filter(one -> one.line().equals(line))
                .findFirst()
                .orElseThrow(() -> new AssertionError("asked only " + server.lines()));
        assertAll(() -> assertEquals(body, asked.body()), () -> assertEquals(version, asked.ifMatch()));
    }

    @Nested
    class Tokens {
        @BeforeEach
        void issueThem() {
            server.on("POST /members", 201, EVA.replace("}", ",\"token\":\"fresh\"}"))
                    .on("POST /members/m1/token", 200, "{\"id\":\"m1\",\"token\":\"fresh\"}");
        }

        @Test
        void standAloneOnStandardOutputOfAdd() {
            assertEquals(
                    new Ran(
                            0,
                            "fresh\n",
                            "member eva, approver, id m1, token expires never\nThis token is not shown again.\n"),
                    run("member", "add", "eva"));
        }

        @Test
        void standAloneOnStandardOutputOfRotateToken() {
            assertEquals(
                    new Ran(0, "fresh\n", "The old token of me has ended. The new one is not shown again.\n"),
                    run("member", "rotate-token", "me"));
        }

        @Test
        void standInTheAnswersJson() {
            assertEquals(
                    new Ran(0, "{\"id\":\"m1\",\"token\":\"fresh\"}\n", ""),
                    run("member", "rotate-token", "m1", "--json"));
        }

        @Test
        void areMissedWhereTheServerTellsNone() {
            server.on("POST /members", 201, EVA);
            assertEquals(3, run("member", "add", "eva").exitCode());
        }
    }

    @Nested
    class Output {
        @Test
        void printsMember() {
            assertEquals("""
                    id             m1
                    name           eva
                    role           approver
                    contacts       mailto:eva@example.org
                    created        2026-11-22T04:00:00Z
                    token expires  never
                    version        4
                    """, run("member", "show", "eva").out());
        }

        @Test
        void printsMembers() {
            server.on("GET /members?limit=500", 200, list(EVA.replace("null", "\"2027-01-01T00:00:00Z\"")));
            assertEquals("""
                    ID  NAME  ROLE      TOKEN EXPIRES         CONTACTS OR SCOPES
                    m1  eva   approver  2027-01-01T00:00:00Z  mailto:eva@example.org
                    """, run("member", "list", "--wide").out());
        }

        @Test
        void printsServiceAccounts() {
            String robot = EVA.replace("approver", "service")
                    .replace("[\"mailto:eva@example.org\"]", "[]")
                    .replace(
                            "\"version\"",
                            "\"scopes\":[{\"act\":\"allow-once\",\"tags\":[\"env=test\",\"web\"]},"
                                    + "{\"act\":\"read\",\"tags\":[\"web\"]}],\"directory\":null,\"subject\":null,\"version\"");
            server.on("GET /members/m1", 200, robot).on("GET /members?limit=500", 200, list(robot));
            assertEquals("""
                    id             m1
                    name           eva
                    role           service
                    scopes         allow-once:env=test,web read:web
                    created        2026-11-22T04:00:00Z
                    token expires  never
                    version        4
                    """, run("member", "show", "m1").out());
            assertEquals("""
                    ID  NAME  ROLE     TOKEN EXPIRES  CONTACTS OR SCOPES
                    m1  eva   service  never          allow-once:env=test,web read:web
                    """, run("member", "list", "--wide").out());
        }

        @Test
        void printsMembersOfADirectory() {
            String outsider = EVA.replace(
                    "\"version\"", "\"scopes\":[],\"directory\":\"corp\",\"subject\":\"Eva Q.\",\"version\"");
            server.on("POST /members", 201, outsider);
            assertEquals(
                    """
                    id             m1
                    name           eva
                    role           approver
                    contacts       mailto:eva@example.org
                    directory      corp
                    subject        Eva Q.
                    created        2026-11-22T04:00:00Z
                    token expires  no token
                    version        4
                    """,
                    run("member", "add", "eva", "--directory", "corp", "--subject", "Eva Q.")
                            .out());
        }

        @ParameterizedTest
        @ValueSource(strings = {"read", ":web", "read:"})
        void refusesAScopeWithoutActOrTag(String scope) {
            assertEquals(2, run("member", "add", "ci", "--scope", scope).exitCode());
            assertEquals(2, run("member", "edit", "eva", "--scope", scope).exitCode());
        }

        @Test
        void printsGroupsWithTheNamesOfTheirPeople() {
            assertEquals("""
                    ID  NAME    MEMBERS
                    u1  people  eva
                    """, run("user-group", "list", "--wide").out());
            assertEquals("""
                    ID  NAME  REQUIRED TAGS  QUORUM  APPROVERS
                    g1  ops   prod           2       eva,people
                    """, run("group", "list", "--wide").out());
            assertEquals("""
                    id             g1
                    name           ops
                    required tags  prod
                    approvers      eva,people
                    quorum         2
                    proof          signed
                    version        6
                    """, run("group", "show", "g1").out());
        }

        @Test
        void printsRequestsWithTheNamesOfTheirDevices() {
            assertEquals("""
                    ID      DEVICE  SOURCE     STATE    SINCE                 NOTE
                    6g7k4m  web1    192.0.2.1  pending  2026-11-22T04:00:00Z  asked again
                    """, run("request", "list").out());
        }

        @Test
        void printsRequestAndWhoDecided() {
            assertEquals("""
                    id           4krtqnwzzzzr2c3d4e5f6g7k4m
                    device       web1
                    source       192.0.2.1
                    state        pending
                    since        2026-11-22T04:00:00Z
                    last seen    2026-11-22T04:00:05Z
                    attempts     2
                    uses         3
                    asked again  yes: somebody else may have collected
                    approvers    eva,gone
                    collected    0
                    window ends

                    TIME                  MEMBER  VERDICT  COMMENT
                    2026-11-22T04:00:07Z  eva     defer    in a meeting
                    """, run("request", "show", REQUEST_ID).out());
        }
    }

    @Nested
    class Approvers {
        @Test
        void areAskedForByIdWhereMemberAndGroupShareTheName() {
            server.on("GET /user-groups?limit=500", 200, list(PEOPLE.replace("people", "eva")));
            assertEquals(
                    new Ran(1, "", "a member and a user group have the name eva; name one by its id: m1, u1\n"),
                    run("group", "add", "ops", "--tag", "prod", "--approver", "eva"));
        }

        @Test
        void mustExist() {
            assertEquals(
                    new Ran(1, "", "there is no member and no user group bob\n"),
                    run("group", "add", "ops", "--tag", "prod", "--approver", "bob"));
        }
    }

    @Nested
    class ShortIds {
        private static final String FIRST = "4krtqnwzzzzb2c3d4e5f6g7k4m";
        private static final String SECOND = "4krtqnwzzzzy2y3y4y5f6g7k4m";

        private String request(String id) {
            return REQUEST.replace(REQUEST_ID, id);
        }

        @BeforeEach
        void waitForApproval() {
            server.on("GET /requests?state=pending&limit=500", 200, list(request(FIRST)))
                    .on("GET /requests?limit=500", 200, list(request(FIRST) + "," + request(SECOND)))
                    .on("POST /requests/" + FIRST + "/approve", 200, request(FIRST));
        }

        @Test
        void standInTheListSoThatTheyCanBeTyped() {
            assertTrue(run("request", "list").out().contains("\n6g7k4m  web1 "));
        }

        /** A phone's keyboard capitalizes the first letter. */
        @ParameterizedTest
        @ValueSource(strings = {"6g7k4m", "6G7k4m", "e5f6g7k4m"})
        void nameTheRequestThatWaits(String typed) {
            assertDone(run("request", "approve", typed));
            assertEquals("{}", server.asked().get(1).body());
            assertEquals("POST /requests/" + FIRST + "/approve", server.lines().get(1));
        }

        @Test
        void nameAnotherRequestWhereNoneOfThoseThatWaitIsMeant() {
            server.on("GET /requests?state=pending&limit=500", 200, "{\"items\":[]}")
                    .on("GET /requests/" + SECOND, 200, request(SECOND));
            assertDone(run("request", "show", "y5f6g7k4m"));
        }

        @Test
        void areRefusedWithTheCandidatesWhereThereAreSeveral() {
            server.on("GET /requests?state=pending&limit=500", 200, list(request(FIRST) + "," + request(SECOND)));
            assertEquals(
                    new Ran(1, "", "6g7k4m may be any of 2 requests; type more of: " + FIRST + ", " + SECOND + "\n"),
                    run("request", "approve", "6g7k4m"));
        }

        @Test
        void areRefusedWhereThereIsNone() {
            assertEquals(
                    new Ran(1, "", "there is no request 6g7k4n; 'request list' prints their ids\n"),
                    run("request", "deny", "6g7k4n"));
        }

        /** The server would say only that there is no such request. */
        @ParameterizedTest
        @ValueSource(strings = {"zz", "web-1"})
        void areRefusedWhereTheyAreTooShort(String typed) {
            assertEquals(
                    new Ran(
                            2,
                            "",
                            "'" + typed
                                    + "' is too short: type at least the last 6 characters of the id, as 'request list' prints it\n"
                                    + "see 'panocrypt request deny --help'\n"),
                    run("request", "deny", typed));
            assertEquals(List.of(), server.lines());
        }
    }
}
