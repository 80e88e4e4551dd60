package io.panocrypt.containers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.containers.Container.Targets;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Plain requests, half-sent bodies and stock clevis in each container, in a context and behind a prefix. */
class ContainersTest {
    /** More than any of them has threads by default. */
    private static final int MANY = 300;

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final Pattern EXCHANGE_KEY = Pattern.compile("\\{[^{}]*deriveKey[^{}]*}");

    private static final Map<Kind, RunningContainer> RUNNING = new EnumMap<>(Kind.class);

    private static RunningContainer running(Kind kind) throws IOException {
        RunningContainer container = RUNNING.get(kind);
        if (container == null) {
            container = new RunningContainer(kind, Targets.ALL);
            RUNNING.put(kind, container);
        }
        return container;
    }

    @AfterEach
    void hangUp() throws IOException {
        for (RunningContainer container : RUNNING.values()) {
            container.hangUp();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        for (RunningContainer container : RUNNING.values()) {
            container.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesEveryPath(Kind kind) throws IOException {
        RunningContainer container = running(kind);
        String root = RunningContainer.root();
        assertEquals(200, container.status("GET", container.device() + "/adv"));
        assertEquals(200, container.status("GET", container.device() + "//adv/"));
        assertEquals(404, container.status("GET", container.device() + "%2Fadv"));
        assertEquals(404, container.status("GET", container.device() + "/x/../adv"));
        assertEquals(404, container.status("GET", container.device() + "/adv;x"));
        assertEquals(405, container.status("PUT", container.device() + "/adv"));
        assertEquals(200, container.status("GET", root + "/healthz"));
        assertEquals(200, container.status("GET", root + "/readyz"));
        assertEquals(200, container.status("GET", root + "/api/v1/openapi.json"));
        assertEquals(401, container.status("GET", root + "/api/v1/devices"));
        assertEquals(401, container.status("POST", root + "/enroll"));
    }

    /** A recovery request: the advertised exchange key is a point on its curve. */
    private static String request(RunningContainer container) throws IOException {
        String advertisement = container.ask("GET", container.device() + "/adv");
        Matcher payload = Pattern.compile("\"payload\": ?\"([^\"]*)\"").matcher(advertisement);
        assertTrue(payload.find(), advertisement);
        String keys = new String(java.util.Base64.getUrlDecoder().decode(payload.group(1)), StandardCharsets.UTF_8);
        Matcher key = EXCHANGE_KEY.matcher(keys);
        assertTrue(key.find(), keys);
        return key.group();
    }

    /** Nothing here ends a body that is late, so a container whose threads wait would never answer. */
    @ParameterizedTest
    @EnumSource
    void answersBesideHalfSentBodies(Kind kind) throws IOException {
        RunningContainer container = running(kind);
        String key = request(container);
        String rec = RunningContainer.head("POST", container.device() + "/rec/" + container.kid());
        String api = RunningContainer.head("POST", RunningContainer.root() + "/api/v1/devices")
                + "Authorization: Bearer " + container.admin() + "\r\n";
        String length = "Content-Length: " + key.length() + "\r\n\r\n";
        for (int i = 0; i < MANY; i++) {
            container.send((i % 3 == 0 ? api : rec) + (i % 2 == 0 ? length + "{" : CHUNKED + "1\r\n{\r\n"));
        }
        Socket slow = container.send(rec + length + key.substring(0, 1));

        assertEquals(200, container.status("GET", container.device() + "/adv"));
        assertEquals(200, RunningContainer.status(container.send(rec + length + key)));
        assertEquals(401, container.status("GET", RunningContainer.root() + "/api/v1/devices"));
        slow.getOutputStream().write(key.substring(1).getBytes(StandardCharsets.US_ASCII));
        assertEquals(200, RunningContainer.status(slow));
    }

    @ParameterizedTest
    @EnumSource
    void refusesABodyThatIsTooLongOrCutOff(Kind kind) throws IOException {
        RunningContainer container = running(kind);
        String rec = RunningContainer.head("POST", container.device() + "/rec/" + container.kid());
        assertEquals(413, RunningContainer.status(container.send(rec + "Content-Length: 70000\r\n\r\n{")));
        String tooLong = "ffff\r\n" + "x".repeat(0xffff) + "\r\n1\r\nx\r\n";
        assertEquals(413, RunningContainer.status(container.send(rec + CHUNKED + tooLong)));
        // The one that is cut off is gone, so that only the others can tell.
        container.send(rec + "Content-Length: 5\r\n\r\n{").close();
        assertEquals(200, container.status("GET", container.device() + "/adv"));
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_10_1", "TOMCAT_11"})
    void tomcatsAccessLogNeedsNoToken(Kind kind) throws Exception {
        try (RunningContainer container = new RunningContainer(kind, Targets.ALL)) {
            String rec = RunningContainer.head("POST", container.device() + "/rec/" + container.kid());
            for (int i = 0; i < 50; i++) {
                container.send(rec + "Content-Length: 5\r\n\r\n{").close();
            }
            assertEquals(200, container.status("GET", container.device() + "/adv"));
            assertEquals(200, container.status("GET", RunningContainer.root() + "/healthz"));
            String first = container.logged();
            assertFalse(first.contains(container.token()), first);
            assertTrue(first.contains("/healthz"), first);
        }
    }

    /** The table of docs/embedding.md. */
    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "TOMCAT_10_1, DEFAULT, 200, 400",
        "TOMCAT_11,   DEFAULT, 200, 400",
        "JETTY_EE10,  DEFAULT, 400, 400",
        "JETTY_EE10,  CLEVIS,  200, 400",
        "JETTY_EE11,  DEFAULT, 400, 400",
        "JETTY_EE11,  CLEVIS,  200, 400",
        "UNDERTOW,    DEFAULT, 200, 404"
    })
    void passesOnWithFewSettings(Kind kind, Targets targets, int emptySegment, int encodedSlash) throws IOException {
        try (RunningContainer container = new RunningContainer(kind, targets)) {
            assertEquals(200, container.status("GET", container.device() + "/adv/"));
            assertEquals(emptySegment, container.status("GET", container.device() + "//adv/"));
            assertEquals(encodedSlash, container.status("GET", container.device() + "/%2Fadv"));
        }
    }

    @Test
    void undertowDoesNotTellAnEmptyQuery() throws IOException {
        assertEquals(
                200, running(Kind.UNDERTOW).status("GET", running(Kind.UNDERTOW).device() + "/adv?"));
        assertEquals(
                404,
                running(Kind.TOMCAT_11).status("GET", running(Kind.TOMCAT_11).device() + "/adv?"));
    }

    @Tag("long")
    @RequiresTools({"clevis", "jose", "curl"})
    @ParameterizedTest
    @EnumSource
    void stockClevisEncryptsAndDecrypts(Kind kind) throws Exception {
        RunningContainer container = running(kind);
        for (String end : new String[] {"", "/"}) {
            byte[] secret = "a passphrase".getBytes(StandardCharsets.US_ASCII);
            String config = "{\"url\":\"" + container.base(container.token()) + end + "\"}";
            byte[] encrypted = run(secret, "clevis", "encrypt", "tang", config, "-y");
            assertArrayEquals(secret, run(encrypted, "clevis", "decrypt"));
        }
    }

    private static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor(), String.join(" ", command));
        return output;
    }
}
