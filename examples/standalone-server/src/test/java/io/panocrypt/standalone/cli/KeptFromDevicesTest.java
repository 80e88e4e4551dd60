package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Generations of keys and temporary denies. */
class KeptFromDevicesTest extends CliFixture {
    @Test
    void listsTheGenerationsOfKeys() {
        assertEquals(
                new Ran(
                        0,
                        "{\"items\":[{\"generation\":1,\"hidden\":true,\"exchange\":\"k1\"},"
                                + "{\"generation\":2,\"hidden\":false,\"exchange\":\"k2\"}],\"nextCursor\":null}\n",
                        ""),
                run("device", "keys", "web1", "--json"));
        Ran ran = run("device", "keys", "web1");
        assertDone(ran);
        assertEquals(3, ran.out().lines().count(), ran.out());
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
