package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit with names instead of ids. */
class AuditTest extends CliFixture {
    private static final String EVA = "4krtqnwzzzzm2c3d4e5f6g7h2a";
    private static final String GONE = "4krtqnwzzzzg2c3d4e5f6g7h2a";
    private static final String DEV = "4krtqnwzzzzd2c3d4e5f6g7h2a";
    private static final String OTHER = "4krtqnwzzzzx2c3d4e5f6g7k4m";

    private static String row(String actor, String action, String kind, String object, String before, String after) {
        return ("{'time':'2026-11-22T04:00:00.123456Z','actor':'" + actor + "','action':'" + action + "','kind':'"
                        + kind + "','objectId':'" + object + "','before':" + before + ",'after':" + after + "}")
                .replace('\'', '"');
    }

    private void audit(String... rows) {
        server.on("GET /audit?limit=50", 200, "{\"items\":[" + String.join(",", rows) + "],\"nextCursor\":null}");
    }

    @BeforeEach
    void knowThem() {
        server.on("GET /members/" + EVA, 200, "{\"id\":\"" + EVA + "\",\"name\":\"eva\"}")
                .on("GET /devices/" + DEV, 200, "{\"id\":\"" + DEV + "\",\"name\":\"web1\"}")
                .on("GET /enrollment-keys/" + OTHER, 200, "{\"id\":\"" + OTHER + "\",\"name\":\"rack\"}");
    }

    @Test
    void namesMembersAndWhatTheyChanged() {
        audit(
                row(
                        EVA,
                        "device.edit",
                        "device",
                        DEV,
                        "{'name':'web0','volumes':1,'version':1}",
                        "{'name':'web1','volumes':2,'version':2}"),
                row(EVA, "allowance.grant", "device", DEV, "null", "{'deviceId':'" + DEV + "','uses':1}"),
                row(
                        EVA,
                        "request.approve",
                        "request",
                        OTHER,
                        "{'deviceId':'" + DEV + "'}",
                        "{'deviceId':'" + DEV + "'}"),
                row(EVA, "lockdown.start", "lockdown", OTHER, "null", "{'reason':'drill'}"),
                row(EVA, "webhook.create", "webhook", OTHER, "null", "{'url':'https://h.io'}"),
                row("enrollment-key/" + OTHER, "device.enroll", "device", DEV, "null", "{'device':{'name':'web1'}}"),
                row("host", "outbox.drop", "outbox", "n-0123", "null", "null"));
        assertEquals("""
                TIME                  ACTOR     ACTION           OBJECT        CHANGED
                2026-11-22T04:00:00Z  eva       device.edit      web1          name,volumes
                2026-11-22T04:00:00Z  eva       allowance.grant  web1
                2026-11-22T04:00:00Z  eva       request.approve  web1 6g7k4m
                2026-11-22T04:00:00Z  eva       lockdown.start   drill
                2026-11-22T04:00:00Z  eva       webhook.create   https://h.io
                2026-11-22T04:00:00Z  key rack  device.enroll    web1
                2026-11-22T04:00:00Z  host      outbox.drop      n-0123
                """, run("audit").out());
    }

    /** The longest acts leave room to tell requests of devices with short names apart. */
    @Test
    void fitsATerminalWithLongActsAndStillNamesTheObject() {
        String long1 = "frontend-web-server-of-the-southern-data-centre.rack-17.node-04";
        audit(
                row(
                        EVA,
                        "request.deny",
                        "request",
                        OTHER,
                        "{'deviceId':'" + DEV + "','state':'pending','decisions':1,'grantId':1,'windowEnd':1}",
                        "{'deviceId':'" + DEV + "','state':'denied','decisions':2,'grantId':2,'windowEnd':2}"),
                row(EVA, "device.lift-temporary-deny", "device", DEV, "{'deviceId':'x'}", "null"),
                row(EVA, "device.edit", "device", GONE, "{'name':'" + long1 + "'}", "{'name':'" + long1 + "'}"));
        server.on("GET /members/" + EVA, 200, "{\"id\":\"" + EVA + "\",\"name\":\"" + long1 + "\"}");
        assertEquals("""
                TIME                  ACTOR      ACTION                OBJECT          CHANGED
                2026-11-22T04:00:00Z  fro...-04  request.deny          web1 6g7k4m     dec...End
                2026-11-22T04:00:00Z  fro...-04  device.li...ary-deny  web1
                2026-11-22T04:00:00Z  fro...-04  device.edit           fronte...de-04
                """, run("audit").out());
    }

    /** What was done is cut last. */
    @Test
    void cutsTheActorBeforeTheAct() {
        audit(row(EVA, "approval-group.create", "approval-group", GONE, "null", "{'name':'administrator'}"));
        server.on("GET /members/" + EVA, 200, "{\"id\":\"" + EVA + "\",\"name\":\"administrator\"}");
        assertEquals("""
                TIME                  ACTOR        ACTION                 OBJECT         CHANGED
                2026-11-22T04:00:00Z  admi...ator  approval-group.create  administrator
                """, run("audit").out());
    }

    /** The audit itself contains the name, so the server is not asked. */
    @Test
    void namesWhoIsGone() {
        audit(
                row("host", "member.delete", "member", GONE, "{'name':'bob'}", "null"),
                row(GONE, "device.disable", "device", DEV, "{'name':'web1'}", "{'name':'web1'}"));
        assertEquals("""
                TIME                  ACTOR  ACTION          OBJECT  CHANGED
                2026-11-22T04:00:00Z  host   member.delete   bob
                2026-11-22T04:00:00Z  bob    device.disable  web1
                """, run("audit").out());
        assertEquals(List.of("GET /audit?limit=50"), server.lines());
    }

    @Test
    void tellsTheIdsToo() {
        audit(row(EVA, "device.disable", "device", DEV, "{'name':'web1'}", "{'name':'web1'}"));
        assertEquals(
                "2026-11-22T04:00:00Z  eva    device.disable  web1             " + EVA + "  " + DEV,
                run("audit", "--wide").out().lines().toList().get(1));
        assertFalse(run("audit").out().contains(EVA));
    }

    @Test
    void asksNobodyForNamesThatJsonDoesNotHold() {
        audit(row(EVA, "device.disable", "device", DEV, "null", "null"));
        assertDone(run("audit", "--json"));
        assertEquals(1, server.lines().size());
    }
}
