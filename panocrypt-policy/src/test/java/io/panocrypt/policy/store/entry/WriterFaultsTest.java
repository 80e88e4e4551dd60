package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Faults that no entry store should have: each caller gets an answer, and the next one finds the writer in order. */
class WriterFaultsTest {
    private final EntrySite site = new EntrySite();
    private final EntryBackedStore node = new EntryBackedStore(site.faulty, "node-a", Duration.ofSeconds(1));

    @BeforeEach
    void openGrants() {
        site.other.write(site.put(EntrySite.device(EntrySite.DEVICE, 1)));
        site.other.write(site.open(site.grant("g", EntrySite.DEVICE, 5)));
    }

    static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("closed"), new StackOverflowError("deep"), new NoClassDefFoundError("gone"));
    }

    private static Runnable failing(Throwable fault) {
        return () -> WriterFaultsTest.<RuntimeException>raise(fault);
    }

    /** Only the first time. */
    private Runnable failingOnce(Throwable fault) {
        return () -> {
            site.faulty.beforeWrite(() -> {});
            WriterFaultsTest.<RuntimeException>raise(fault);
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable fault) throws T {
        throw (T) fault;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void ofAWriteAreAnUnknownOutcome(Throwable fault) {
        site.faulty.beforeWrite(failing(fault));
        StoreWrite commit = site.spend("g");
        StoreException thrown = assertThrows(StoreException.class, () -> node.write(commit));
        assertFalse(thrown instanceof StoreRejectedException, "it may have happened");
        site.faulty.beforeWrite(() -> {});
        assertEquals(new WriteResult.Written(), node.write(site.spend("g")));
        assertEquals(4, site.usesLeft("g"), "the act of the caller that was refused was done later");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void ofOneWriteAreFoundOut(Throwable fault) {
        site.faulty.beforeWrite(failingOnce(fault));
        assertEquals(new WriteResult.Written(), node.write(site.spend("g")));
        assertEquals(4, site.usesLeft("g"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void ofAReadAreARejection(Throwable fault) {
        site.faulty.beforeRead(failing(fault));
        assertThrows(StoreRejectedException.class, () -> node.write(site.spend("g")));
        site.faulty.beforeRead(() -> {});
        assertEquals(new WriteResult.Written(), node.write(site.spend("g")));
        assertEquals(4, site.usesLeft("g"), "the act of the caller that was refused was done later");
    }

    @Test
    void ofOneActHarmNoOther() {
        // No release writes this; its reader fails with something else than an unreadable record.
        String broken = "not a number";
        site.entries.write(List.of(), List.of(new EntryMutation.Put(Keys.NEXT_POSITION, broken)));
        OutboxEntry notice = new OutboxEntry("n", "topic", "{}");
        for (int i = 0; i < 3; i++) {
            assertThrows(StoreException.class, () -> node.write(site.spend(List.of("g"), notice)));
            assertEquals(new WriteResult.Written(), node.write(site.spend("g")));
        }
        assertEquals(2, site.usesLeft("g"));
    }
}
