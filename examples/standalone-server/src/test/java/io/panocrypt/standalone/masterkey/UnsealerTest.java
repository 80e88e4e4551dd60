package io.panocrypt.standalone.masterkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.MasterKeyShare;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.Unsealer.Answer;
import io.panocrypt.standalone.masterkey.Unsealer.Outcome;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnsealerTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AtomicLong nanos = new AtomicLong();
    private final Unsealer unsealer = new Unsealer(nanos::get);
    private final MasterKey master = MasterKey.generate(RANDOM);
    private final List<MasterKeyShare> shares = MasterKeyShare.split(master, 3, 5, RANDOM);
    private final CompletableFuture<String> opened = new CompletableFuture<>();
    private Thread server = new Thread(() -> {});

    @AfterEach
    void stop() throws InterruptedException {
        server.interrupt();
        server.join();
    }

    private void serve(Function<Supplier<MasterKey>, String> opener) {
        server = new Thread(() -> {
            try {
                opened.complete(unsealer.open(opener));
            } catch (InterruptedException e) {
                opened.completeExceptionally(e);
            }
        });
        server.start();
    }

    private static String fingerprint(Supplier<MasterKey> key) {
        try (MasterKey made = key.get()) {
            return made.fingerprint();
        }
    }

    private Answer offer(MasterKeyShare share) {
        return unsealer.offer(share.text());
    }

    @Test
    void opensWithEnoughShares() throws Exception {
        serve(key -> {
            // As often as it needs, such as while the database is away.
            assertEquals(fingerprint(key), fingerprint(key));
            return fingerprint(key);
        });
        assertEquals(new Answer(Outcome.KEPT, "share 5 is kept", 1, 3), offer(shares.get(4)));
        assertEquals(new Answer(Outcome.KEPT, "share 5 is there already", 1, 3), offer(shares.get(4)));
        assertEquals(new Answer(Outcome.KEPT, "share 2 is kept", 2, 3), offer(shares.get(1)));
        assertEquals(Outcome.OPENED, offer(shares.get(2)).outcome());
        assertEquals(master.fingerprint(), opened.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void beginsAgainAfterTheSharesOfAnotherSite() throws Exception {
        MasterKey other = MasterKey.generate(RANDOM);
        serve(key -> {
            if (!fingerprint(key).equals(master.fingerprint())) {
                throw new StartupException("sealed under another master key");
            }
            return "open";
        });
        List<MasterKeyShare> others = MasterKeyShare.split(other, 2, 2, RANDOM);
        offer(others.get(0));
        Answer refused = offer(others.get(1));
        assertEquals(Outcome.REFUSED, refused.outcome());
        assertEquals("sealed under another master key; these shares were wiped", refused.text());
        assertFalse(opened.isDone());
        assertEquals(1, offer(shares.get(0)).have());
        offer(shares.get(1));
        assertEquals(Outcome.OPENED, offer(shares.get(2)).outcome());
        assertEquals("open", opened.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void isNotHeldUpByAShareOfAnotherSet() throws Exception {
        serve(UnsealerTest::fingerprint);
        List<MasterKeyShare> second = MasterKeyShare.split(master, 3, 5, RANDOM);
        offer(second.get(1));
        assertEquals(
                new Answer(Outcome.KEPT, "share 1 is kept, of another set than others", 1, 3), offer(shares.get(0)));
        assertEquals(2, offer(shares.get(1)).have());
        assertEquals(Outcome.OPENED, offer(shares.get(2)).outcome());
        assertEquals(master.fingerprint(), opened.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void gathersNoMoreThanFourSets() {
        for (int i = 0; i < 4; i++) {
            offer(MasterKeyShare.split(master, 3, 5, RANDOM).get(0));
        }
        Answer refused = offer(shares.get(0));
        assertEquals(Outcome.REFUSED, refused.outcome());
        assertTrue(refused.text().contains("restart"), refused.text());
    }

    @Test
    void limitsWrongShares() {
        byte[] wrong = "pk1-nonsense".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 10; i++) {
            assertEquals(Outcome.REFUSED, unsealer.offer(wrong).outcome());
        }
        assertEquals(Outcome.LIMITED, unsealer.offer(wrong).outcome());
        assertEquals(Outcome.LIMITED, offer(shares.get(0)).outcome());
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertEquals(Outcome.KEPT, offer(shares.get(0)).outcome());
        assertEquals(Outcome.REFUSED, unsealer.offer(wrong).outcome());
        assertEquals(Outcome.LIMITED, unsealer.offer(wrong).outcome());
    }
}
