package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloNameTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void isTheFullHostNameAndLooksItUpOnce() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        HelloName hello = new HelloName(
                () -> {
                    lookups.incrementAndGet();
                    return "Node-1.example.org";
                },
                LONG);
        assertEquals("node-1.example.org", hello.towards("127.0.0.1", 25));
        assertEquals("node-1.example.org", hello.towards("127.0.0.1", 25));
        assertEquals(1, lookups.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost.localdomain", "node-1", "127.0.1.1", "node_1.example.org", "::1", ""})
    void isTheAddressThatItSendsFromWhereThereIsNoFullName(String name) throws Exception {
        assertEquals("[127.0.0.1]", new HelloName(() -> name, LONG).towards("127.0.0.1", 25));
    }

    @Test
    void waitsForNoNameServiceThatHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        HelloName hello = new HelloName(
                () -> {
                    never.await();
                    return "node-1.example.org";
                },
                Duration.ofMillis(20));
        assertEquals("[127.0.0.1]", hello.towards("127.0.0.1", 25));
        never.countDown();
    }

    @Test
    void looksAgainOnceThereIsAName() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        HelloName hello = new HelloName(
                () -> {
                    if (lookups.getAndIncrement() == 0) {
                        throw new java.net.UnknownHostException("node-1");
                    }
                    return "node-1.example.org";
                },
                LONG);
        assertEquals("[127.0.0.1]", hello.towards("127.0.0.1", 25));
        assertEquals("node-1.example.org", hello.towards("127.0.0.1", 25));
    }
}
