package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses a device that a group covers, its approvers, and members who are none. */
class ApprovalApiTest {
    private static final String HERE = "192.0.2.1";
    private static final String ELSEWHERE = "2001:db8::1";

    @TempDir
    Path directory;

    private ApiServer server;
    private String device;
    private Members.Issued eva;
    private Members.Issued bob;
    private String group;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
        device = server.device("web-1", ",\"tags\":[\"prod\"],\"sources\":[\"192.0.2.0/24\",\"2001:db8::/56\"]")
                .path("id")
                .asText();
        eva = server.member("eva", Role.APPROVER);
        bob = server.member("bob", Role.APPROVER);
        group = "/approval-groups/"
                + server.post(
                                "/approval-groups",
                                "{\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[\""
                                        + eva.member().id() + "\"]}")
                        .json()
                        .path("id")
                        .asText();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    /** The path of the request that an attempt from there opens. */
    private String pendingFrom(String source) throws Exception {
        assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, source));
        for (JsonNode item : server.get("/requests?state=PENDING").json().path("items")) {
            if (item.path("source").asText().equals(source)) {
                return "/requests/" + item.path("id").asText();
            }
        }
        throw new AssertionError("no request is open from " + source);
    }

    private ApiServer.Answer decide(Members.Issued member, String request, String verb, String body) throws Exception {
        return server.callAs(member.token(), "POST", request + "/" + verb, body);
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Nested
    class ADevice {
        private JsonNode approval() throws Exception {
            JsonNode shown = server.get("/devices/" + device).json().path("approval");
            assertEquals(
                    shown, server.get("/devices").json().path("items").path(0).path("approval"));
            return shown;
        }

        @Test
        void saysThatItsGroupAsksThoughItDoesNotItself() throws Exception {
            String id = group.substring("/approval-groups/".length());
            assertEquals(
                    "{\"needed\":true,\"byItself\":false,\"groups\":[{\"id\":\"" + id + "\",\"name\":\"ops\"}],"
                            + "\"approvers\":[{\"id\":\"" + eva.member().id() + "\",\"name\":\"eva\"}],"
                            + "\"quorum\":1,\"reachable\":true}",
                    approval().toString());
        }

        @Test
        void namesItsApproversAsTheyAreCalledNow() throws Exception {
            approval();
            String path = "/members/" + eva.member().id();
            assertEquals(200, server.patch(path, 1, "{\"name\":\"eva2\"}").status());
            assertEquals(
                    "eva2", approval().path("approvers").path(0).path("name").asText());
        }

        @Test
        void saysThatNoApprovalIsNeededWithoutAGroup() throws Exception {
            JsonNode free = server.device("db-1", ",\"tags\":[\"db\"]");
            assertEquals(
                    "{\"needed\":false,\"byItself\":false,\"groups\":[],\"approvers\":[],\"quorum\":0,\"reachable\":false}",
                    free.path("approval").toString());
        }

        @Test
        void warnsIfApprovalIsNeededAndNobodyMayDecide() throws Exception {
            JsonNode stuck = server.device("db-1", ",\"requireApproval\":true,\"sources\":[\"192.0.2.1\"]");
            assertTrue(stuck.path("approval").path("byItself").asBoolean());
            assertTrue(stuck.path("warnings").toString().contains("nobody can approve it"));
        }
    }

    @Nested
    class WithNobodyLeft {
        private void assertRefused(ApiServer.Answer refused) {
            assertEquals(409, refused.status());
            assertEquals(1, refused.json().path("devices").asInt());
            assertTrue(
                    refused.json().toString().contains("nobody who can approve 1 device"),
                    refused.json().toString());
        }

        private void assertWarns(ApiServer.Answer done) {
            assertEquals(200, done.status());
            assertTrue(
                    done.json().path("warnings").toString().contains("of its approvers may decide"),
                    done.json().toString());
        }

        @Test
        void wantsAConfirmationOfAQuorumAndWarns() throws Exception {
            assertRefused(server.patch(group, 1, "{\"quorum\":5}"));
            assertWarns(server.patch(group, 1, "{\"quorum\":5,\"confirm\":true}"));
            assertWarns(server.get(group));
            assertEquals(
                    1,
                    server.get("/approval-groups")
                            .json()
                            .path("items")
                            .path(0)
                            .path("warnings")
                            .size());
        }

        @Test
        void saysWhatAVoteNeeds() throws Exception {
            assertEquals("none", server.get(group).json().path("proof").asText());
            assertEquals(200, server.patch(group, 1, "{\"proof\":\"none\"}").status());
            ApiServer.Answer refused = server.patch(group, 2, "{\"proof\":\"signed\"}");
            assertEquals(400, refused.status());
            assertTrue(refused.json().toString().contains("passkeys are not configured"), refused.toString());
            assertEquals(400, server.patch(group, 2, "{\"proof\":\"fresh\"}").status());
        }

        @Test
        void wantsAConfirmationOfARoleAndWarns() throws Exception {
            String path = "/members/" + eva.member().id();
            assertRefused(server.patch(path, 1, "{\"role\":\"viewer\"}"));
            assertWarns(server.patch(path, 1, "{\"role\":\"viewer\",\"confirm\":true}"));
        }

        @Test
        void wantsAConfirmationOfTheRemovalOfTheLastApprover() throws Exception {
            String path = "/members/" + eva.member().id();
            assertRefused(server.delete(path));
            assertEquals(204, server.delete(path + "?confirm=true").status());
        }

        @Test
        void wantsAConfirmationOfChangesToAUserGroup() throws Exception {
            String people = server.post(
                            "/user-groups",
                            "{\"name\":\"people\",\"members\":[\""
                                    + bob.member().id() + "\"]}")
                    .json()
                    .path("id")
                    .asText();
            server.patch(group, 1, "{\"approvers\":[\"" + people + "\"]}");
            assertRefused(server.delete("/user-groups/" + people));
            assertRefused(server.patch("/user-groups/" + people, 1, "{\"members\":[]}"));
            assertWarns(server.patch("/user-groups/" + people, 1, "{\"members\":[],\"confirm\":true}"));
            assertEquals(204, server.delete("/user-groups/" + people).status());
        }

        @Test
        void wantsAConfirmationOfANewGroup() throws Exception {
            String pair = "{\"name\":\"pair\",\"requiredTags\":[\"prod\"],\"quorum\":2";
            assertRefused(server.post("/approval-groups", pair + "}"));
            ApiServer.Answer made = server.post("/approval-groups", pair + ",\"confirm\":true}");
            assertEquals(201, made.status());
            assertEquals(1, made.json().path("warnings").size());
        }
    }

    @Nested
    class Waiting {
        @Test
        void isShownWithEveryMemberAndNoOther() throws Exception {
            JsonNode request = server.get(pendingFrom(HERE)).json();
            assertEquals(
                    new TreeSet<>(List.of(
                            "id",
                            "deviceId",
                            "source",
                            "state",
                            "since",
                            "lastSeen",
                            "attempts",
                            "uses",
                            "approvers",
                            "decisions",
                            "askedAgain",
                            "collected",
                            "windowEnd")),
                    names(request));
            assertEquals(device, request.path("deviceId").asText());
            assertEquals(HERE, request.path("source").asText());
            assertEquals("pending", request.path("state").asText());
            assertEquals(1, request.path("attempts").asInt());
            assertEquals(
                    "[\"" + eva.member().id() + "\"]", request.path("approvers").toString());
            assertTrue(request.path("decisions").isArray());
            assertTrue(request.path("decisions").isEmpty());
            assertFalse(request.path("askedAgain").asBoolean());
            assertTrue(request.path("windowEnd").isNull());
        }

        @ParameterizedTest
        @CsvSource({"'', 1", "?state=PENDING, 1", "?state=pending, 1", "?state=APPROVED, 0", "?state=denied&limit=1, 0"
        })
        void isListedByState(String query, int count) throws Exception {
            pendingFrom(HERE);
            assertEquals(
                    count, server.get("/requests" + query).json().path("items").size());
        }

        @ParameterizedTest
        @ValueSource(strings = {"?state=open", "?state=", "?device=x", "?limit=0", "?state=PENDING&state=DENIED"})
        void isNotListedByAnythingElse(String query) throws Exception {
            assertEquals(400, server.get("/requests" + query).status());
        }

        @Test
        void isPaged() throws Exception {
            pendingFrom(HERE);
            pendingFrom(ELSEWHERE);
            JsonNode first = server.get("/requests?limit=1&state=PENDING").json();
            JsonNode second = server.get("/requests?limit=1&state=PENDING&cursor="
                            + first.path("nextCursor").asText())
                    .json();
            assertEquals(HERE, first.path("items").path(0).path("source").asText());
            assertEquals(ELSEWHERE, second.path("items").path(0).path("source").asText());
        }
    }

    @Nested
    class Approving {
        @Test
        void letsTheDeviceUnlockOnceFromThatSource() throws Exception {
            String request = pendingFrom(HERE);
            ApiServer.Answer approved = decide(eva, request, "approve", "{\"comment\":\"planned reboot\"}");
            assertEquals(200, approved.status());
            assertEquals("approved", approved.json().path("state").asText());
            assertFalse(approved.json().path("windowEnd").isNull());
            JsonNode decision = approved.json().path("decisions").path(0);
            assertEquals("[comment, member, time, verdict]", names(decision).toString());
            assertEquals(eva.member().id(), decision.path("member").asText());
            assertEquals("approve", decision.path("verdict").asText());
            assertEquals("planned reboot", decision.path("comment").asText());

            assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, ELSEWHERE));
            assertInstanceOf(UnlockResult.Answered.class, server.unlock(device, HERE));
            JsonNode collected = server.get(request).json();
            assertEquals("collected", collected.path("state").asText());
            assertEquals(1, collected.path("collected").asInt());
            String again = pendingFrom(HERE);
            assertTrue(server.get(again).json().path("askedAgain").asBoolean());
            assertEquals(409, decide(eva, request, "approve", "").status());
        }

        @Test
        void mayNameFurtherSourcesOfTheDevice() throws Exception {
            pendingFrom(ELSEWHERE);
            String request = pendingFrom(HERE);
            assertEquals(
                    200,
                    decide(eva, request, "approve", "{\"sources\":[\"" + HERE + "\",\"" + ELSEWHERE + "\"]}")
                            .status());
            assertInstanceOf(UnlockResult.Answered.class, server.unlock(device, HERE));
            assertInstanceOf(UnlockResult.Answered.class, server.unlock(device, ELSEWHERE));
        }

        @Test
        void isForEffectiveApproversOnly() throws Exception {
            String request = pendingFrom(HERE);
            Members.Issued viewer = server.member("vera", Role.VIEWER);
            for (String verb : List.of("approve", "deny", "defer")) {
                ApiServer.Answer admin = server.post(request + "/" + verb, "{}");
                assertEquals(403, admin.status(), verb);
                assertEquals(1, admin.problems().size());
                assertEquals(403, decide(bob, request, verb, "{}").status(), verb);
                assertEquals(403, decide(viewer, request, verb, "{}").status(), verb);
            }
            assertTrue(server.get(request).json().path("decisions").isEmpty());
            assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, HERE));
        }

        @Test
        void waitsForTheQuorum() throws Exception {
            String people = server.post(
                            "/user-groups",
                            "{\"name\":\"people\",\"members\":[\""
                                    + eva.member().id() + "\",\"" + bob.member().id() + "\"]}")
                    .json()
                    .path("id")
                    .asText();
            assertEquals(
                    200,
                    server.patch(group, 1, "{\"quorum\":2,\"approvers\":[\"" + people + "\"]}")
                            .status());
            String request = pendingFrom(HERE);
            assertEquals(2, server.get(request).json().path("approvers").size());
            assertEquals(
                    "pending",
                    decide(eva, request, "approve", "").json().path("state").asText());
            decide(eva, request, "approve", "");
            assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, HERE));
            JsonNode complete = decide(bob, request, "approve", "").json();
            assertEquals("approved", complete.path("state").asText());
            assertEquals(2, complete.path("decisions").size());
            assertInstanceOf(UnlockResult.Answered.class, server.unlock(device, HERE));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "approve | {\"comment\":1}",
                    "approve | {\"sources\":\"192.0.2.1\"}",
                    "approve | {\"sources\":[\"192.0.2.0/24\"]}",
                    "approve | {\"scope\":\"device\"}",
                    "deny    | {\"scope\":\"site\"}",
                    "deny    | {\"scope\":true}",
                    "deny    | {\"sources\":[]}",
                    "defer   | {\"until\":\"PT1H\"}",
                    "defer   | []"
                })
        void validatesItsInput(String verb, String body) throws Exception {
            String request = pendingFrom(HERE);
            assertEquals(400, decide(eva, request, verb, body).status());
            assertEquals("pending", server.get(request).json().path("state").asText());
        }

        @ParameterizedTest
        @ValueSource(strings = {"approve", "deny", "defer"})
        void refusesOverlongComment(String verb) throws Exception {
            String request = pendingFrom(HERE);
            assertEquals(
                    400,
                    decide(eva, request, verb, "{\"comment\":\"" + "x".repeat(1025) + "\"}")
                            .status());
        }

        @ParameterizedTest
        @ValueSource(strings = {"/approve", "/deny", "/defer"})
        void wantsRequestThatExists(String verb) throws Exception {
            assertEquals(
                    404,
                    server.callAs(eva.token(), "POST", "/requests/none" + verb, "")
                            .status());
        }
    }

    @Nested
    class NotApproving {
        @Test
        void deniesThatSourceForWhile() throws Exception {
            String request = pendingFrom(HERE);
            JsonNode denied =
                    decide(eva, request, "deny", "{\"comment\":\"not me\"}").json();
            assertEquals("denied", denied.path("state").asText());
            assertEquals(
                    "deny", denied.path("decisions").path(0).path("verdict").asText());
            assertInstanceOf(UnlockResult.Refused.class, server.unlock(device, HERE));
            assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, ELSEWHERE));
            assertEquals(
                    HERE,
                    server.get("/devices/" + device + "/temporary-deny")
                            .json()
                            .path("items")
                            .path(0)
                            .path("source")
                            .asText());
        }

        @Test
        void deniesTheWholeDeviceOnRequest() throws Exception {
            String request = pendingFrom(HERE);
            assertEquals(
                    200, decide(eva, request, "deny", "{\"scope\":\"device\"}").status());
            assertInstanceOf(UnlockResult.Refused.class, server.unlock(device, ELSEWHERE));
        }

        @Test
        void defersAndKeepsItPending() throws Exception {
            String request = pendingFrom(HERE);
            JsonNode deferred = decide(eva, request, "defer", "{\"comment\":\"in a meeting\"}")
                    .json();
            assertEquals("pending", deferred.path("state").asText());
            assertEquals(
                    "defer", deferred.path("decisions").path(0).path("verdict").asText());
            assertInstanceOf(UnlockResult.Pending.class, server.unlock(device, HERE));
        }
    }

    @Nested
    class Groups {
        @Test
        void areMadeAndRead() throws Exception {
            JsonNode made = server.get(group).json();
            assertEquals(
                    "[approvers, id, name, proof, quorum, requiredTags, version, warnings]",
                    names(made).toString());
            assertEquals("[\"prod\"]", made.path("requiredTags").toString());
            assertEquals(1, made.path("quorum").asInt());
            assertEquals(
                    made, server.get("/approval-groups").json().path("items").path(0));
            assertEquals(
                    409,
                    server.post("/approval-groups", "{\"name\":\"ops\",\"requiredTags\":[\"x\"]}")
                            .status());
        }

        @Test
        void areNotRemovedUnconfirmedWhileDevicesDependOnThem() throws Exception {
            server.device("web-2", ",\"tags\":[\"prod\"]");
            server.device("web-3", ",\"tags\":[\"prod\"],\"requireApproval\":true");
            server.device("web-4", "");
            for (String query : List.of("", "?confirm=false")) {
                ApiServer.Answer refused = server.delete(group + query);
                assertEquals(409, refused.status());
                assertEquals(3, refused.json().path("devices").asInt());
                assertEquals(2, refused.problems().size());
            }
            assertEquals(400, server.delete(group + "?confirm=yes").status());
            assertEquals(200, server.get(group).status());
            assertEquals(204, server.delete(group + "?confirm=true").status());
            assertEquals(404, server.get(group).status());
            assertInstanceOf(UnlockResult.Answered.class, server.unlock(device, HERE));
        }

        @Test
        void areNotNarrowedUnconfirmedWhileDevicesDependOnThem() throws Exception {
            String narrower = "\"requiredTags\":[\"prod\",\"db\"]";
            ApiServer.Answer refused = server.patch(group, 1, "{" + narrower + "}");
            assertEquals(409, refused.status());
            assertEquals(1, refused.json().path("devices").asInt());
            assertEquals(428, server.call("PATCH", group, "{}").status());
            ApiServer.Answer edited = server.patch(group, 1, "{" + narrower + ",\"confirm\":true}");
            assertEquals(200, edited.status());
            assertEquals("\"2\"", edited.header("ETag"));
            assertEquals(412, server.patch(group, 1, "{}").status());
        }

        @Test
        void countForTagsOfDevicesToo() throws Exception {
            ApiServer.Answer refused = server.patch("/devices/" + device, 1, "{\"tags\":[]}");
            assertEquals(409, refused.status());
            assertEquals(1, refused.json().path("devices").asInt());
            assertEquals(
                    200,
                    server.patch("/devices/" + device, 1, "{\"tags\":[],\"confirm\":true}")
                            .status());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"name\":\"a\"}",
                    "{\"name\":\"a\",\"requiredTags\":[]}",
                    "{\"name\":\"a\",\"requiredTags\":[\"a b\"]}",
                    "{\"name\":\"a\",\"requiredTags\":[\"a\"],\"quorum\":-1}",
                    "{\"name\":\"a\",\"requiredTags\":[\"a\"],\"quorum\":\"1\"}",
                    "{\"name\":\"a\",\"requiredTags\":[\"a\"],\"approvers\":[\"nobody\"]}",
                    "{\"name\":\"a\",\"requiredTags\":[\"a\"],\"confirm\":\"yes\"}"
                })
        void areCheckedWhenMade(String body) throws Exception {
            assertEquals(400, server.post("/approval-groups", body).status());
        }
    }
}
