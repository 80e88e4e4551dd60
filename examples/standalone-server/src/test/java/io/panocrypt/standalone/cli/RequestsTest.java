package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestsTest extends CliFixture {
    /** Each command, its last request, and that request's body. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "device add web2 | POST /devices | {\"name\":\"web2\"}",
                "device add web2 --source 192.0.2.0/28 --source 2001:db8::/64 --tag prod --tag site=izmir --volumes 2"
                        + " --require-approval --acknowledge-open --curve P-256 --notes rack4 | POST /devices |"
                        + " {\"name\":\"web2\",\"sources\":[\"192.0.2.0/28\",\"2001:db8::/64\"],"
                        + "\"tags\":[\"prod\",\"site=izmir\"],\"volumes\":2,\"requireApproval\":true,"
                        + "\"acknowledgeOpen\":true,\"curve\":\"P-256\",\"notes\":\"rack4\"}",
                "device add web2 --list l1 | POST /devices | {\"name\":\"web2\",\"networkAccessLists\":[\"l1\"]}",
                "device list | GET /devices?limit=500 | ``",
                "device list web- | GET /devices?namePrefix=web-&limit=500 | ``",
                "device list --tag site=izmir --state active --q web"
                        + " | GET /devices?tag=site%3Dizmir&state=active&q=web&limit=500 | ``",
                "device show web1 | GET /devices/web1 | ``",
                "device edit web1 --custody pkcs11 | PATCH /devices/abc234 | {\"custody\":\"pkcs11\"}",
                "device add web2 --custody site | POST /devices | {\"name\":\"web2\",\"custody\":\"site\"}",
                "device edit web1 --name web9 --no-require-approval --confirm | PATCH /devices/abc234 |"
                        + " {\"name\":\"web9\",\"requireApproval\":false,\"confirm\":true}",
                "device edit web1 --no-sources --no-tags --no-lists --acknowledge-open | PATCH /devices/abc234 |"
                        + " {\"sources\":[],\"tags\":[],\"networkAccessLists\":[],\"acknowledgeOpen\":true}",
                "device disable web1 | POST /devices/abc234/disable | {}",
                "device enable web1 | POST /devices/abc234/enable | {}",
                "device confirm web1 | POST /devices/abc234/confirm | {}",
                "device rotate-keys web1 | POST /devices/abc234/rotate-keys | {}",
                "device revoke web1 --confirm web1 | POST /devices/abc234/revoke | {\"confirm\":\"web1\"}",
                "device allow web1 | POST /devices/abc234/allowances | {}",
                "device allow web1 --uses 3 --expires-in P1D --source any --skip disabled,source | POST"
                        + " /devices/abc234/allowances | {\"uses\":3,\"expiresIn\":\"PT24H\",\"source\":\"any\","
                        + "\"skips\":[\"disabled\",\"source\"]}",
                "device allowances web1 | GET /devices/abc234/allowances?limit=500 | ``",
                "device cancel-allowance web1 a/1 | DELETE /devices/abc234/allowances/a%2F1 | ``",
                "device lift-deny web1 | DELETE /devices/abc234/temporary-deny | ``",
                "device dry-run web1 --source 192.0.2.9 | POST /devices/abc234/dry-run |"
                        + " {\"source\":\"192.0.2.9\"}",
                "history list --limit 7 | GET /history?limit=7 | ``",
                "history list --device web1 | GET /devices/abc234/history?limit=50 | ``",
                "history verify | POST /history/verify | {}",
                "audit --limit 3 | GET /audit?limit=3 | ``",
                "list add office --cidr 192.0.2.0/28 --cidr 2001:db8::/64 --acknowledge-open | POST"
                        + " /network-access-lists | {\"name\":\"office\",\"cidrs\":[\"192.0.2.0/28\","
                        + "\"2001:db8::/64\"],\"acknowledgeOpen\":true}",
                "list list | GET /network-access-lists?limit=500 | ``",
                "list show office | GET /network-access-lists/l1 | ``",
                "list edit office --name hq --cidr 192.0.2.0/29 --no-acknowledge-open | PATCH"
                        + " /network-access-lists/l1 | {\"name\":\"hq\",\"cidrs\":[\"192.0.2.0/29\"],"
                        + "\"acknowledgeOpen\":false}",
                "list edit l1 --no-cidrs | PATCH /network-access-lists/l1 | {\"cidrs\":[]}",
                "list remove office | DELETE /network-access-lists/l1 | ``",
                "list delete office | DELETE /network-access-lists/l1 | ``",
                "lockdown start --tag prod --reason drill | POST /lockdowns |"
                        + " {\"tags\":[\"prod\"],\"reason\":\"drill\"}",
                "lockdown start --reason drill | POST /lockdowns | {\"tags\":[],\"reason\":\"drill\"}",
                "lockdown list | GET /lockdowns?limit=500 | ``",
                "lockdown lift x1 | DELETE /lockdowns/x1 | ``",
            })
    void asksTheServerAsItsInterfaceSays(String command, String line, String body) {
        String list = "{\"id\":\"l1\",\"name\":\"office\",\"cidrs\":[],\"acknowledgeOpen\":false,\"version\":4}";
        server.on("GET /network-access-lists/l1", 200, list)
                .on("GET /network-access-lists?limit=500", 200, "{\"items\":[" + list + "],\"nextCursor\":null}");
        String answer = line.startsWith("DELETE")
                ? ""
                : line.equals("GET /network-access-lists?limit=500")
                        ? "{\"items\":[" + list + "]}"
                        : line.startsWith("GET /network-access-lists/")
                                ? list
                                : line.contains("limit=")
                                        ? "{\"items\":[]}"
                                        : line.contains("verify")
                                                ? "{\"intact\":true,\"rows\":3}"
                                                : DEVICE.replaceFirst("[{]", "{\"outcome\":\"allowed\",");
        server.on(line, answer.isEmpty() ? 204 : line.startsWith("POST") ? 201 : 200, answer);

        assertDone(run(words(command)));
        assertAll(
                () -> assertEquals(line, server.last().line()),
                () -> assertEquals(body, server.last().body()),
                () -> assertEquals(
                        line.startsWith("PATCH") ? line.contains("devices") ? "\"7\"" : "\"4\"" : null,
                        server.last().ifMatch()),
                () -> server.asked().forEach(asked -> assertEquals("Bearer " + TOKEN, asked.authorization())));
    }

    @Test
    void resolvesTheNamesOfListsOfADevice() {
        server.on("GET /network-access-lists?limit=500", 200, "{\"items\":[{\"id\":\"l7\",\"name\":\"office\"}]}")
                .on("GET /network-access-lists/l7", 200, "{\"id\":\"l7\",\"name\":\"office\"}")
                .on("POST /devices", 201, DEVICE);
        assertDone(run("device", "add", "web2", "--list", "office"));
        assertEquals(
                "{\"name\":\"web2\",\"networkAccessLists\":[\"l7\"]}",
                server.last().body());
    }

    @Test
    void keepsAPathBeforeTheInterface() {
        Ran ran = runAsTyped(
                "device", "show", "x", "--url", server.url() + "/ctx//", "--token-file", tokenFile.toString());
        assertEquals(1, ran.exitCode());
        assertEquals("GET outside /ctx/api/v1/devices/x", server.lines().get(0));
    }

    @Nested
    class NamesOfDevices {
        private String item(String id, String name, String state) {
            return "{\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"state\":\"" + state + "\"}";
        }

        private static final String NONE = "{\"items\":[],\"nextCursor\":null}";

        @BeforeEach
        void knowNoLiveDevice() {
            server.on("GET /devices?name=web&limit=500", 200, NONE)
                    .on("GET /devices?name=web1.example&limit=500", 200, NONE);
        }

        @Test
        void findsALiveDeviceWithoutASearch() {
            server.on(
                    "GET /devices?name=web1.example&limit=500",
                    200,
                    "{\"items\":[" + item(ID, "web1.example", "active") + "],\"nextCursor\":null}");
            assertDone(run("device", "show", "web1.example"));
            assertEquals(List.of("GET /devices?name=web1.example&limit=500", "GET /devices/abc234"), server.lines());
        }

        @Test
        void findsTheExactNameBehindSeveralPages() {
            server.on(
                            "GET /devices?q=web&limit=500",
                            200,
                            "{\"items\":[" + item("x1", "web11", "active") + "],\"nextCursor\":\"c=1\"}")
                    .on(
                            "GET /devices?q=web&limit=500&cursor=c%3D1",
                            200, "{\"items\":[" + item("x2", "web", "active") + "],\"nextCursor\":null}")
                    .on("GET /devices/x2", 200, item("x2", "web", "active"))
                    .on("POST /devices/x2/disable", 200, item("x2", "web", "disabled"));
            Ran ran = run("device", "disable", "web");
            assertDone(ran);
            assertEquals("x2  web  disabled\n", ran.out());
        }

        @Test
        void neverAsksForANameWithDotsAsAnId() {
            server.on(
                            "GET /devices?q=web1.example&limit=500",
                            200,
                            "{\"items\":[" + item(ID, "web1.example", "active") + "]}")
                    .on("POST /devices/abc234/enable", 200, DEVICE);
            assertDone(run("device", "enable", "web1.example"));
            assertEquals(
                    List.of(
                            "GET /devices?name=web1.example&limit=500",
                            "GET /devices?q=web1.example&limit=500",
                            "GET /devices/abc234",
                            "POST /devices/abc234/enable"),
                    server.lines());
        }

        @Test
        void prefersTheLiveDeviceToRevokedNamesakes() {
            server.on(
                    "GET /devices?q=web&limit=500",
                    200,
                    "{\"items\":[" + item("x1", "web", "revoked") + "," + item(ID, "web", "disabled") + ","
                            + item("x3", "web", "revoked") + "]}");
            assertDone(run("device", "show", "web"));
            assertEquals("GET /devices/abc234", server.last().line());
        }

        @Test
        void asksForAnIdWhereSeveralRevokedDevicesShareTheName() {
            server.on(
                    "GET /devices?q=web&limit=500",
                    200,
                    "{\"items\":[" + item("x1", "web", "revoked") + "," + item("x3", "web", "revoked") + "]}");
            assertEquals(
                    new Ran(1, "", "2 devices have the name web; name one by its id: x1, x3\n"),
                    run("device", "show", "web"));
        }

        @Test
        void saysThatThereIsNoSuchDevice() {
            server.on("GET /devices?q=web&limit=500", 200, "{\"items\":[" + item("x1", "web2", "active") + "]}");
            assertEquals(new Ran(1, "", "there is no device web\n"), run("device", "disable", "web"));
        }
    }
}
