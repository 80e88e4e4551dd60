package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A new site is created once, even if the store gives no outcome. */
class FirstStartTest {
    private static final int FIRST_WRITES = 3;

    private final TestClock clock = new TestClock();
    private final MemoryStore memory = new MemoryStore(clock, "node-1");
    private final MasterKey master = TestService.newMasterKey();
    private final List<Panocrypt> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Panocrypt::close);
        master.close();
    }

    private Panocrypt open(ForwardingStore store, Duration timeout) {
        Panocrypt service = Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, TestService.ENGINE, TestService.RANDOM))
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .noticeInterval(Duration.ZERO)
                .pushNotifier(Silent::new)
                .limits(TestTimeout.SERVICE)
                .startTimeout(timeout)
                .build();
        opened.add(service);
        return service;
    }

    private record Silent(JwsSigner key) implements Notifier {
        @Override
        public Set<String> schemes() {
            return Set.of("webpush");
        }

        @Override
        public Delivery deliver(Notice notice, URI contact) {
            return new Delivery.Done();
        }
    }

    /** Gives no outcome for one kind of edit, a number of times. */
    private static final class SilentEdits extends ActStore {
        private final int silent;
        private final boolean applied;
        private final AtomicInteger times;
        private int edits;

        SilentEdits(MemoryStore memory, int silent, int times, boolean applied) {
            super(memory);
            this.silent = silent;
            this.times = new AtomicInteger(times);
            this.applied = applied;
        }

        @Override
        protected WriteResult edit(StoreWrite edit) {
            if (edits == silent && times.getAndDecrement() > 0) {
                if (applied) {
                    super.edit(edit);
                    throw new StoreException("no commit within 2000 ms, its outcome is unknown");
                }
                throw new StoreRejectedException("no commit within 2000 ms, it has not begun");
            }
            edits++;
            return super.edit(edit);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,true", "0,false", "1,true", "1,false", "2,true", "2,false"})
    void waitsForAnOutcomeOfEachFirstWrite(int nth, boolean applied) {
        SilentEdits store = new SilentEdits(memory, nth, 3, applied);
        Panocrypt service = open(store, TestTimeout.MAX);
        String token = service.members().createFirstAdministrator().orElseThrow();
        assertEquals(
                Role.ADMIN, service.members().authenticate(token).orElseThrow().role());
        assertTrue(store.times.get() < 0, "it was silent");
        assertEquals(FIRST_WRITES, memory.heads().get(0).sequence(), "each act happened once");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsTheTokenThroughAnOutcomeThatStaysUnknown(boolean applied) {
        List<String> kept = new ArrayList<>();
        Members members = open(new SilentEdits(memory, 2, Integer.MAX_VALUE, applied), Duration.ZERO)
                .members();
        assertThrows(StoreException.class, () -> members.createFirstAdministrator(token -> keep(kept, token)));
        Members again = open(new ForwardingStore(memory), TestTimeout.MAX).members();
        assertEquals(
                applied,
                again.createFirstAdministrator(token -> keep(kept, token)).isEmpty());
        assertEquals(Role.ADMIN, again.authenticate(kept.get(0)).orElseThrow().role());
    }

    private static String keep(List<String> kept, String token) {
        if (kept.isEmpty()) {
            kept.add(token);
        }
        return kept.get(0);
    }

    @Test
    void givesNoTokenThatIsNotTheAdministrators() {
        Members members = open(new ForwardingStore(memory), TestTimeout.MAX).members();
        Optional<String> lost = members.createFirstAdministrator(token -> {
            members.createFirstAdministrator().orElseThrow();
            return token;
        });
        assertFalse(lost.isPresent(), "another node was faster");
    }
}
