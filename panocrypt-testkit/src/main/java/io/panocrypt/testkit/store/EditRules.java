package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules P8 to P10, P12, P13, P21 and P25: an edit as a whole. */
abstract class EditRules extends StoreRules {
    EditRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("P8 a require holds or refuses the edit, and changes nothing")
    void requires() {
        assertEquals(new WriteResult.Stale(KIND, DEVICE), apply(edit().require(KIND, DEVICE, 2)));
        assertEquals(new WriteResult.Stale(KIND, "dev-9"), apply(edit().require(KIND, "dev-9", 1)));
        applied(edit().require(KIND, DEVICE, 1).put(device("dev-2", 1, "token:two")));
        assertEquals(1, store().get(KIND, DEVICE).orElseThrow().version());
    }

    @Test
    @DisplayName("P8 a require of a record that the edit changes too means the record as it was before")
    void requiresBesideAChange() {
        PolicyRecord next = device(DEVICE, 2, TOKEN);
        assertEquals(new WriteResult.Stale(KIND, DEVICE), apply(edit().put(next).require(KIND, DEVICE, 2)));
        applied(edit().put(next).require(KIND, DEVICE, 1));
        assertEquals(
                new WriteResult.Stale(KIND, DEVICE),
                apply(edit().delete(KIND, DEVICE, 2).require(KIND, DEVICE, 0)));
        applied(edit().delete(KIND, DEVICE, 2).require(KIND, DEVICE, 2));
    }

    @Test
    @DisplayName("P9 an edit happens wholly or not at all")
    void isAllOrNothing() {
        open(grant("g", DEVICE, 2));
        long epoch = store().epoch();
        List<JournalRow> chain = wholeChain(fixture().chain());
        List<StoreWrite.Builder> refused = List.of(
                good().put(device(DEVICE, 7, TOKEN)),
                good().put(device("dev-3", 1, TOKEN)),
                good().delete(KIND, "dev-9", 1),
                good().require(KIND, DEVICE, 7));
        for (StoreWrite.Builder edit : refused) {
            WriteResult result = apply(edit);
            assertTrue(!result.isWritten(), "applied in spite of its last change");
            assertEquals(Optional.empty(), store().get(KIND, "dev-2"));
            assertEquals(List.of("g"), openGrants(DEVICE));
            assertEquals(epoch, store().epoch());
            assertEquals(chain, wholeChain(fixture().chain()));
        }
    }

    /** A draft of an edit that would succeed. */
    private StoreWrite.Builder good() {
        return edit().put(device("dev-2", 1, "token:two"))
                .growEpoch(true)
                .cancel(List.of(new GrantScope.OfDevice(DEVICE)))
                .grant(List.of(grant("new", DEVICE, 1)));
    }

    @Test
    @DisplayName("P10 the epoch grows when an edit asks for it, and only then")
    void bumpsTheEpochOnlyWhenAsked() {
        long epoch = store().epoch();
        applied(edit().put(device(DEVICE, 2, TOKEN)).grant(List.of(grant("g", DEVICE, 1))));
        assertEquals(epoch, store().epoch());
        applied(edit().growEpoch(true));
        assertTrue(store().epoch() > epoch, "the epoch did not grow");
        assertEquals(store().epoch(), snapshot().epoch());
    }

    @Test
    @DisplayName("P12 an edit repeated with its id is applied once, even when it fits no longer")
    void appliesARepeatedEditOnce() {
        StoreWrite edit = edit().put(device(DEVICE, 2, TOKEN))
                .growEpoch(true)
                .grant(List.of(grant("g", DEVICE, 1)))
                .build();
        written(edit);
        long epoch = store().epoch();
        applied(edit().cancel(List.of(new GrantScope.OfDevice(DEVICE))));
        written(edit);
        assertEquals(epoch, store().epoch());
        assertEquals(2, store().get(KIND, DEVICE).orElseThrow().version());
        assertEquals(List.of(), openGrants(DEVICE));
    }

    @Test
    @DisplayName("P13 an edit leaves its audit row")
    void leavesAnAuditRow() {
        StoreWrite edit = edit().growEpoch(true).build();
        store().write(edit);
        List<JournalRow> newest = store().journal(new JournalQuery(JournalEntry.Kind.AUDIT, null, null, 1));
        assertEquals(edit.entries().get(0), newest.get(0).entry());
    }

    @Test
    @DisplayName("P21 what was applied is there when the store is opened again")
    void keepsRecordsWhenOpenedAgain() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        PolicyRecord next = device(DEVICE, 2, TOKEN, "site=south");
        applied(edit().put(next).growEpoch(true).grant(List.of(grant("g", DEVICE, 2))));
        long epoch = store().epoch();
        fixture().reopen();
        assertEquals(Optional.of(next), store().find(KIND, TOKEN));
        assertEquals(List.of(next), store().scan(KIND, "site=south", null, PAGE));
        assertEquals(epoch, store().epoch());
        assertEquals(List.of("g"), openGrants(DEVICE));
    }

    @Test
    @DisplayName("P25 an edit that names a policy epoch happens under that one or not at all")
    void refusesAnEditThatAnotherEpochWasJudgedBy() {
        open(grant("g", DEVICE, 2));
        long seen = store().epoch();
        applied(edit().inEpoch(seen).put(device("dev-3", 1, "token:three")));
        applied(edit().growEpoch(true));
        List<JournalRow> chain = wholeChain(fixture().chain());
        for (long other : new long[] {seen, store().epoch() + 1}) {
            assertEquals(new WriteResult.OtherEpoch(), apply(good().inEpoch(other)));
        }
        assertEquals(Optional.empty(), store().get(KIND, "dev-2"));
        assertEquals(List.of("g"), openGrants(DEVICE));
        assertEquals(chain, wholeChain(fixture().chain()));
        StoreWrite.Builder now = good().inEpoch(store().epoch());
        assertEquals(new WriteResult.Written(), apply(now));
        assertEquals(new WriteResult.Written(), apply(now), "repeated with its id");
    }
}
