package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Generations of keys and temporary denies. */
class KeptFromDevicesTest extends CliFixture {
    @Test
    void listsTheGenerationsOfKeys() {
        String keys = "{\"items\":[{\"generation\":1,\"state\":\"hidden\",\"exchange\":\"k1\",\"custody\":\"site\"},"
                + "{\"generation\":2,\"state\":\"advertised\",\"exchange\":\"k2\",\"custody\":\"pkcs11\"}],\"nextCursor\":null}";
        server.on("GET /devices/" + ID + "/keys", 200, keys);
        assertEquals(new Ran(0, keys + "\n", ""), run("device", "keys", "web1", "--json"));
        Ran ran = run("device", "keys", "web1", "--wide");
        assertDone(ran);
        assertEquals(3, ran.out().lines().count(), ran.out());
        assertTrue(ran.out().contains("pkcs11"), ran.out());
    }

    @Test
    void confirmsADestructionOnlyWhereTheOperatorDoes() {
        server.on("DELETE /devices/" + ID + "/keys/1", 204, "");
        assertDone(run("device", "destroy-keys", "web1", "1"));
        assertEquals("{}", server.last().body());
        assertDone(run("device", "destroy-keys", "web1", "1", "--confirm", "1"));
        assertEquals("{\"confirm\":1}", server.last().body());
    }

    @Test
    void listsTemporaryDenies() {
        server.on(
                "GET /devices/" + ID + "/temporary-deny?limit=500",
                200,
                "{\"items\":[{\"id\":\"d\",\"deviceId\":\"abc234\",\"source\":null,\"until\":\"2026-11-22T04:00:00Z\","
                        + "\"cause\":\"denied by alice\"}],\"nextCursor\":null}");
        Ran ran = run("device", "denies", "web1");
        assertDone(ran);
        assertEquals(
                "any     2026-11-22T04:00:00Z  denied by alice",
                ran.out().lines().toList().get(1));
    }
}
