package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest extends CliFixture {
    private static final String KEY = "{\"id\":\"k1\",\"name\":\"rack\",\"uses\":5,\"usesLeft\":3,"
            + "\"created\":\"2026-11-22T04:00:00Z\",\"expires\":\"2026-11-23T04:00:00Z\",\"registerSource\":true,"
            + "\"initialState\":\"pending\",\"tags\":[\"prod\"],\"sources\":[\"192.0.2.0/28\"],"
            + "\"networkAccessLists\":[],\"requireApproval\":true,\"acknowledgeOpen\":false,\"volumes\":2,"
            + "\"notes\":\"\",\"curve\":\"P-521\",\"warnings\":[],\"version\":3}";

    @BeforeEach
    void knowIt() {
        server.on("GET /enrollment-keys/k1", 200, KEY)
                .on("GET /enrollment-keys?limit=500", 200, "{\"items\":[" + KEY + "],\"nextCursor\":null}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "key add rack | POST /enrollment-keys | {\"name\":\"rack\"}",
                "key add rack --source 192.0.2.0/28 --tag prod --require-approval --volumes 2 --uses 5 --expires-in P7D"
                        + " --register-source --pending | POST /enrollment-keys | {\"name\":\"rack\","
                        + "\"sources\":[\"192.0.2.0/28\"],\"tags\":[\"prod\"],\"volumes\":2,"
                        + "\"requireApproval\":true,\"uses\":5,\"expiresIn\":\"PT168H\",\"registerSource\":true,"
                        + "\"initialState\":\"pending\"}",
                "key list | GET /enrollment-keys?limit=500 | ``",
                "key show rack | GET /enrollment-keys/k1 | ``",
                "key remove rack | DELETE /enrollment-keys/k1 | ``",
                "key revoke rack | DELETE /enrollment-keys/k1 | ``"
            })
    void asksTheServerAsItsInterfaceSays(String command, String line, String body) {
        server.on("POST /enrollment-keys", 201, KEY.replace("}", ",\"secret\":\"fresh\"}"))
                .on("DELETE /enrollment-keys/k1", 204, "");
        assertDone(run(words(command)));
        assertEquals(line, server.last().line());
        assertEquals(body, server.last().body());
    }

    @Test
    void printsTheSecretAloneOnStandardOutput() {
        server.on(
                "POST /enrollment-keys",
                201,
                KEY.replace("\"warnings\":[]", "\"warnings\":[\"mind\"],\"secret\":\"fresh\""));
        assertEquals(new Ran(0, "fresh\n", """
                        warning: mind
                        enrollment key rack, id k1, uses 5, expires 2026-11-23T04:00:00Z
                        This secret is not shown again.
                        """), run("key", "add", "rack"));
    }

    @Test
    void printsKeys() {
        assertEquals("""
                ID  NAME  USES LEFT  EXPIRES               NEW DEVICES  TAGS  SOURCES
                k1  rack  3          2026-11-23T04:00:00Z  pending      prod  192.0.2.0/28 +the caller's
                """, run("key", "list", "--wide").out());
        assertEquals("""
                id             k1
                name           rack
                uses left      3 of 5
                created        2026-11-22T04:00:00Z
                expires        2026-11-23T04:00:00Z
                initial state  pending
                tags           prod
                sources        192.0.2.0/28 +the caller's
                lists
                approval       required
                open sources   not acknowledged
                volumes        2
                notes
                curve          P-521
                """, run("key", "show", "rack").out());
    }
}
