package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Partial changes, and changes of several devices. */
class ManyDevicesTest extends CliFixture {
    private static String device(String id, String state, String tags) {
        return DEVICE.replace("abc234", id)
                .replace("web1", "web-" + id)
                .replace("active", state)
                .replace("[\"prod\",\"site=izmir\"]", tags);
    }

    @BeforeEach
    void knowThree() {
        String both = "[\"prod\",\"rack=4\"]";
        server.on(
                        "GET /devices?tag=prod&limit=500",
                        200,
                        "{\"items\":[" + device("a", "active", both) + "," + device("b", "active", both) + ","
                                + device("c", "active", "[\"prod\"]") + "," + device("d", "revoked", both)
                                + "],\"nextCursor\":null}")
                .on("POST /devices/a/disable", 409, "{\"title\":\"Conflict\",\"problems\":[\"because\"]}")
                .on("POST /devices/b/disable", 200, device("b", "disabled", both))
                .on("PATCH /devices/" + ID, 200, DEVICE)
                .on("PATCH /devices/a", 200, device("a", "active", both))
                .on("PATCH /devices/b", 200, device("b", "active", both))
                .on("GET /network-access-lists/l1", 200, "{\"id\":\"l1\",\"name\":\"office\"}")
                .on("GET /network-access-lists/l2", 200, "{\"id\":\"l2\",\"name\":\"lab\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--add-tag NEW | {\"tags\":[\"prod\",\"site=izmir\",\"new\"]}",
                "--remove-tag prod --add-tag test | {\"tags\":[\"site=izmir\",\"test\"]}",
                "--add-source 192.0.2.77 | {\"sources\":[\"192.0.2.0/28\",\"192.0.2.77/32\"]}",
                "--remove-source 192.0.2.0/28 | {\"sources\":[]}",
                "--add-list l2 --remove-list l1 | {\"networkAccessLists\":[\"l2\"]}",
                "--add-tag a --source 10.0.0.0/8 | {\"sources\":[\"10.0.0.0/8\"],"
                        + "\"tags\":[\"prod\",\"site=izmir\",\"a\"]}"
            })
    void changesOneOfSeveralValues(String options, String body) throws Exception {
        assertDone(run(words("device edit web1 " + options)));
        ObjectMapper json = new ObjectMapper();
        assertEquals(json.readTree(body), json.readTree(server.last().body()));
        assertEquals("\"7\"", server.last().ifMatch());
    }

    /** Each edit adds an audit entry and a version. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "web1 --add-tag prod",
                "web1 --add-source 192.0.2.0/28 --confirm",
                "web1 --remove-list l1 --add-list l1",
                "--tagged prod --tagged rack=4 --all-matching --remove-tag no"
            })
    void editsNothingWhereNothingChanges(String options) {
        assertDone(run(words("device edit " + options)));
        assertEquals(
                List.of(),
                server.lines().stream().filter(line -> !line.startsWith("GET ")).toList());
    }

    /** Like without {@code --add-}: the server does not trim either. */
    @Test
    void takesBlanksForPartOfAValue() {
        assertEquals(
                2, run("device", "edit", "web1", "--add-source", " 10.0.0.1").exitCode());
        assertDone(run("device", "edit", "web1", "--add-tag", " New"));
        assertEquals(
                "{\"tags\":[\"prod\",\"site=izmir\",\" new\"]}", server.last().body());
    }

    /** Neither a version nor an audit entry. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tag Prod --tag site=izmir",
                "--tag site=izmir --tag prod --tag prod",
                "--source 192.0.2.0/28",
                "--volumes 2 --require-approval --curve P-521 --name web1",
                "--add-tag prod"
            })
    void sendsNoEditThatChangesNothing(String options) {
        assertDone(run(words("device edit web1 " + options)));
        assertEquals("GET /devices/web1", server.last().line());
    }

    @Test
    void namesAListAsItWasTyped() {
        String list = "{\"id\":\"l9\",\"name\":\"lab\"}";
        server.on("GET /network-access-lists/l9", 200, list)
                .on("GET /network-access-lists?limit=500", 200, "{\"items\":[" + list + "]}");
        assertEquals(
                new Ran(1, "", "web1 does not have lab to remove\n"),
                run("device", "edit", "web1", "--remove-list", "lab"));
    }

    @Test
    void refusesToRemoveWhatIsNotThere() {
        assertEquals(
                new Ran(1, "", "web1 does not have prd to remove\n"),
                run("device", "edit", "web1", "--remove-tag", "prd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "device edit web1 --add-tag a --tag b",
                "device edit web1 --remove-tag a --no-tags",
                "device edit web1 --add-source 10.0.0.1 --source 10.0.0.2",
                "device edit web1 --add-list a --no-lists",
                "device edit web1 --add-source 10.0.0.1/8",
                "device edit web1 --tagged prod --add-tag a",
                "device edit --add-tag a",
                "device edit --tagged prod --all-matching --name x",
                "device edit --tagged prod --all-matching",
                "device disable",
                "device disable web1 --all-matching"
            })
    void refusesWhatDoesNotFitTogether(String command) {
        assertEquals(2, run(words(command)).exitCode());
        assertEquals(List.of(), server.lines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"device disable", "device enable", "device edit --notes x"})
    void changesSeveralOnlyWhenToldSo(String command) {
        assertEquals(
                new Ran(
                        2,
                        "",
                        "2 devices have the tags prod, rack=4; add --all-matching if all of them are meant\n"
                                + "see 'panocrypt " + command.replaceFirst(" --.*", "") + " --help'\n"),
                run(words(command + " --tagged PROD --tagged rack=4")));
        assertEquals(1, server.lines().size());
    }

    @Test
    void namesTheDeviceOfEachWarning() {
        String warned = device("b", "active", "[\"prod\",\"rack=4\"]")
                .replace("\"warnings\":[]", "\"warnings\":[\"it is wide\"]");
        server.on("POST /devices/a/enable", 200, warned).on("POST /devices/b/enable", 200, warned);
        Ran ran = run(words("device enable --tagged prod --tagged rack=4 --all-matching"));
        assertEquals(
                List.of("2 devices", "web-a: warning: it is wide", "web-b: warning: it is wide"),
                ran.err().lines().toList());
    }

    @Test
    void goesOnAfterARefusal() {
        Ran ran = run(words("device disable --tagged prod --tagged rack=4 --all-matching"));
        assertEquals(1, ran.exitCode());
        assertEquals("b  web-b  disabled\n", ran.out());
        assertEquals(
                List.of("2 devices", "web-a: refused: Conflict (409) because", "1 of 2 devices were not changed"),
                ran.err().lines().toList());
    }

    @Test
    void printsOneJsonValue() throws Exception {
        Ran ran = run(words("device disable --tagged prod --tagged rack=4 --all-matching --json"));
        assertEquals(1, ran.exitCode());
        JsonNode items = new ObjectMapper().readTree(ran.out()).path("items");
        assertEquals("web-a", items.path(0).path("name").asText());
        assertTrue(items.path(0).has("refused"));
        assertEquals("disabled", items.path(1).path("state").asText());
    }

    @Test
    void editsEachFromWhatItHas() {
        assertDone(run(
                words("device edit --tagged prod --tagged rack=4 --all-matching --remove-tag rack=4 --remove-tag no")));
        assertEquals("PATCH /devices/b", server.last().line());
        assertEquals("{\"tags\":[\"prod\"]}", server.last().body());
        assertEquals(1, run("device", "disable", "--tagged", "nosuch").exitCode());
    }

    @Test
    void stopsWhereTheServerIsGone() {
        server.on("POST /devices/a/disable", 200, "<html>");
        Ran ran = run(words("device disable --tagged prod --tagged rack=4 --all-matching"));
        assertEquals(3, ran.exitCode());
        assertEquals(List.of("GET /devices?tag=prod&limit=500", "POST /devices/a/disable"), server.lines());
    }
}
