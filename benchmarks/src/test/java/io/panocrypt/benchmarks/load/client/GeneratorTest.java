package io.panocrypt.benchmarks.load.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final Duration LENGTH = Duration.ofMillis(200);

    /** Long enough for a few answers on any machine. */
    private static final Duration LONGER = Duration.ofSeconds(3);

    private final AtomicInteger asked = new AtomicInteger();
    private volatile byte[] answer = ascii("right");
    private HttpServer server;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/rec", exchange -> {
            asked.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Tally run(Arrivals arrivals, Duration length) throws IOException {
        List<Exchange> exchanges = List.of(new Exchange("/rec/kid", ascii("point"), ascii("right")));
        return new Generator(server.getAddress(), new InTurn<>(exchanges)).run(arrivals, length);
    }

    @Test
    void countsEachAnswerOnce() throws IOException {
        Tally tally = run(new Arrivals(4, 0, false), LONGER);
        assertEquals(asked.get(), tally.answers());
        assertEquals(0, tally.failures());
        assertTrue(tally.inTime() > 4 && tally.inTime() <= tally.answers(), () -> "in time: " + tally.inTime());
    }

    @Test
    void asksAgainOnTheSameConnection() throws IOException {
        Tally tally = run(new Arrivals(4, 0, true), LONGER);
        assertEquals(0, tally.failures());
        assertTrue(tally.answers() > 4, () -> "answers: " + tally.answers());
    }

    @Test
    void takesNoOtherAnswerForTheRightOne() throws IOException {
        answer = ascii("wrong");
        Tally tally = run(new Arrivals(2, 0, false), LENGTH);
        assertEquals(0, tally.answers());
        assertEquals(asked.get(), tally.failures());
    }

    @Test
    void beginsAsManyAsAreDueWhateverBecomesOfThem() throws IOException {
        assertEquals(20, run(new Arrivals(64, 100, false), LENGTH).answers());
    }
}
