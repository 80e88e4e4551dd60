package io.panocrypt.benchmarks.load.storm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.panocrypt.benchmarks.load.client.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BootStormTest {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CUT_SHORT = -1;

    /**
     * The next statuses of the server; afterwards it answers with keys. Used only by its thread, and before the first
     * request.
     */
    private final Queue<Integer> statuses = new ArrayDeque<>();

    private final List<Long> asked = new ArrayList<>();
    private final Set<InetAddress> from = new HashSet<>();
    private HttpServer server;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/rec", exchange -> {
            asked.add(System.nanoTime());
            from.add(exchange.getRemoteAddress().getAddress());
            exchange.getRequestBody().readAllBytes();
            Integer status = statuses.poll();
            byte[] answer = ascii(status == null ? "the key" : "no key!");
            if (status == null || status != CUT_SHORT) {
                exchange.sendResponseHeaders(status == null ? 200 : status, answer.length);
                exchange.getResponseBody().write(answer);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static Boot boot(String address, boolean needsApproval) {
        Exchange exchange = new Exchange("/rec/kid", ascii("point"), ascii("the key"));
        return new Boot(exchange, new InetSocketAddress(address, 0), PAUSE, needsApproval);
    }

    private BootStorm storm(Boot... boots) {
        return new BootStorm(server.getAddress(), List.of(boots));
    }

    @Test
    void asksAgainAfterItsPauseUntilItHasTheKey() throws IOException {
        statuses.addAll(List.of(423, 503));
        BootStorm storm = storm(boot("127.0.0.1", true));
        assertTrue(storm.run(LIMIT));
        assertEquals(Map.of("423", 1, "503", 1, "200", 1), storm.approved().answers());
        assertEquals(Map.of(), storm.plain().answers());
        assertEquals(3, asked.size());
        assertTrue(asked.get(1) - asked.get(0) >= PAUSE.toNanos(), () -> "asked at " + asked);
        double took = storm.approved().sortedNanos()[0];
        assertTrue(took >= 2 * PAUSE.toNanos(), () -> "its first request counts, not its last: " + took);
    }

    @Test
    void asksAgainWhateverTheAnswerWas() throws IOException {
        statuses.addAll(List.of(200, CUT_SHORT, 404));
        BootStorm storm = storm(boot("127.0.0.1", false));
        assertTrue(storm.run(LIMIT));
        assertEquals(
                Map.of(BootTally.WRONG, 1, BootTally.NO_ANSWER, 1, "404", 1, "200", 1),
                storm.plain().answers());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void comesFromAsManyAddressesAsThereAreMachines() throws IOException {
        BootStorm storm = storm(boot(StormRun.address(0), false), boot(StormRun.address(9_999), false));
        assertTrue(storm.run(LIMIT));
        assertEquals(2, storm.plain().unlocked());
        assertEquals(Set.of(InetAddress.getByName("127.1.0.1"), InetAddress.getByName("127.1.39.250")), from);
    }

    @Test
    void givesUpAtTheLimit() throws IOException {
        for (int i = 0; i < 100; i++) {
            statuses.add(403);
        }
        BootStorm storm = storm(boot("127.0.0.1", false));
        assertFalse(storm.run(Duration.ofMillis(300)));
        assertEquals(0, storm.plain().unlocked());
    }

    @Test
    void givesEachMachineAnAddressOfItsOwn() {
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < StormRun.MAX_DEVICES; i++) {
            addresses.add(StormRun.address(i));
        }
        assertEquals(StormRun.MAX_DEVICES, addresses.size());
    }

    @Test
    void excusesOverloadAndNothingThatPolicyDidNotAskFor() {
        BootTally tally = new BootTally();
        tally.unlocked(1);
        for (String answer : List.of("503", BootTally.NO_ANSWER, "423", "403", "404", "429", BootTally.WRONG)) {
            tally.answered(answer);
        }
        assertEquals(4, StormResults.undue(tally, true));
        assertEquals(5, StormResults.undue(tally, false));
    }
}
