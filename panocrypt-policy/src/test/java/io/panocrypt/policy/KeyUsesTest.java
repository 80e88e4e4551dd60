package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.tang.ThumbprintAlgorithm;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A generation that may be in use is only destroyed after a confirmation. */
class KeyUsesTest {
    private final TestService house = new TestService();
    private final Devices devices = house.service.devices();
    /** As it was with its first generation only. */
    private final Device first = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private void destroy(@Nullable Integer confirmed) {
        devices.destroyGeneration(Actor.HOST, first.id(), 1, confirmed);
    }

    private String refused(@Nullable Integer confirmed) {
        OperationException refusal = assertThrows(OperationException.class, () -> destroy(confirmed));
        assertEquals(OperationException.Kind.UNCONFIRMED, refusal.kind());
        assertEquals(2, house.current(first).keys().size());
        return refusal.getMessage();
    }

    private void answer(Device device) {
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, TestService.HOME));
    }

    private void assertDestroyed() {
        assertEquals(1, house.current(first).keys().size());
    }

    @Test
    void wantNoConfirmationWhereNobodyHasAsked() {
        Device second = devices.rotateKeys(Actor.HOST, first.id());
        answer(second);
        destroy(null);
        assertDestroyed();
    }

    @Test
    void areToldByTimeAndSource() {
        answer(first);
        String time = house.last(first).time().toString();
        answer(devices.rotateKeys(Actor.HOST, first.id()));
        String told = refused(null);
        assertTrue(told.contains("last asked for at " + time + " from 10.0.0.1 (allowed)"), told);
        refused(2);
        destroy(1);
        assertDestroyed();
    }

    /** Older clients name a key by its S1 thumbprint. */
    @Test
    void countByWhicheverThumbprintTheyWere() {
        String kid = first.keys().get(0).exchange().thumbprint(ThumbprintAlgorithm.S1);
        UnlockAttempt attempt = TestService.attempt(first.token(), kid, TestService.HOME);
        assertInstanceOf(UnlockResult.Answered.class, house.service.unlock(attempt));
        devices.rotateKeys(Actor.HOST, first.id());
        refused(null);
    }

    @Test
    void countThoughTheyWereRefused() {
        devices.rotateKeys(Actor.HOST, first.id());
        house.unlock(first, TestService.AWAY);
        String told = refused(null);
        assertTrue(told.contains(" from 192.0.2.1 (denied)"), told);
    }

    /** Equal refusals share one entry, with the key of the first. */
    @Test
    void mayBeAmongRefusalsOfAnotherKey() {
        Device second = devices.rotateKeys(Actor.HOST, first.id());
        house.unlock(second, TestService.AWAY);
        house.unlock(first, TestService.AWAY);
        String told = refused(null);
        assertTrue(told.contains("does not show every request"), told);
        destroy(1);
        assertDestroyed();
    }

    /** However many requests for other generations came after it. */
    @Test
    void areFoundInTheWholeHistory() {
        answer(first);
        String time = house.last(first).time().toString();
        answer(devices.rotateKeys(Actor.HOST, first.id()));
        JournalEntry last = rows().stream()
                .map(JournalRow::entry)
                .filter(entry -> entry.kind() == JournalEntry.Kind.UNLOCK)
                .reduce((older, newer) -> newer)
                .orElseThrow();
        for (int i = 0; i < 1200; i++) {
            house.memory.write(
                    StoreWrite.of(new JournalEntry("copy-" + i, last.kind(), last.time(), last.deviceId(), last.body()))
                            .build());
        }
        String told = refused(null);
        assertTrue(told.contains("last asked for at " + time), told);
    }

    private List<JournalRow> rows() {
        return house.memory.chain("node-1", 0, 1000);
    }

    @Test
    void mayHaveBeenRemovedFromTheHistory() {
        answer(first);
        devices.rotateKeys(Actor.HOST, first.id());
        List<JournalRow> rows = rows();
        JournalEntry entry = new JournalEntry("cut", JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}");
        assertEquals(
                new WriteResult.Written(),
                house.memory.write(StoreWrite.of(entry)
                        .truncate(ChainHead.of(rows.get(rows.size() - 2)))
                        .build()));
        String told = refused(null);
        assertTrue(told.contains("does not show every request"), told);
    }

    @Test
    void mayBeInAnEntryThatCannotBeRead() {
        Device second = devices.rotateKeys(Actor.HOST, first.id());
        answer(second);
        house.memory.write(StoreWrite.of(new JournalEntry(
                        "by-hand", JournalEntry.Kind.UNLOCK, house.clock.instant(), first.id(), "{\"damaged"))
                .build());
        refused(null);
        destroy(1);
        assertDestroyed();
    }
}
