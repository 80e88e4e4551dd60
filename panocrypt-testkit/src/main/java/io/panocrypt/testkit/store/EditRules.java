package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
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
        assertEquals(new EditResult.Stale(KIND, DEVICE), apply(edit().require(KIND, DEVICE, 2)));
        assertEquals(new EditResult.Stale(KIND, "dev-9"), apply(edit().require(KIND, "dev-9", 1)));
        applied(edit().require(KIND, DEVICE, 1).put(device("dev-2", 1, "token:two")));
        assertEquals(1, policies().get(KIND, DEVICE).orElseThrow().version());
    }

    @Test
    @DisplayName("P8 a require of a record that the edit changes too means the record as it was before")
    void requiresBesideAChange() {
        PolicyRecord next = device(DEVICE, 2, TOKEN);
        assertEquals(new EditResult.Stale(KIND, DEVICE), apply(edit().put(next).require(KIND, DEVICE, 2)));
        applied(edit().put(next).require(KIND, DEVICE, 1));
        assertEquals(
                new EditResult.Stale(KIND, DEVICE),
                apply(edit().delete(KIND, DEVICE, 2).require(KIND, DEVICE, 0)));
        applied(edit().delete(KIND, DEVICE, 2).require(KIND, DEVICE, 2));
    }

    @Test
    @DisplayName("P9 an edit happens wholly or not at all")
    void isAllOrNothing() {
        open(grant("g", DEVICE, 2));
        long epoch = policies().epoch();
        List<JournalRow> chain = wholeChain(fixture().chain());
        List<EditDraft> refused = List.of(
                good().put(device(DEVICE, 7, TOKEN)),
                good().put(device("dev-3", 1, TOKEN)),
                good().delete(KIND, "dev-9", 1),
                good().require(KIND, DEVICE, 7));
        for (EditDraft edit : refused) {
            EditResult result = apply(edit);
            assertTrue(!(result instanceof EditResult.Applied), "applied in spite of its last change");
            assertEquals(Optional.empty(), policies().get(KIND, "dev-2"));
            assertEquals(List.of("g"), openGrants(DEVICE));
            assertEquals(epoch, policies().epoch());
            assertEquals(chain, wholeChain(fixture().chain()));
        }
    }

    /** A draft of an edit that would succeed. */
    private EditDraft good() {
        return edit().put(device("dev-2", 1, "token:two"))
                .bumpEpoch()
                .cancel(new GrantScope.OfDevice(DEVICE))
                .grant(grant("new", DEVICE, 1));
    }

    @Test
    @DisplayName("P10 the epoch grows when an edit asks for it, and only then")
    void bumpsTheEpochOnlyWhenAsked() {
        long epoch = policies().epoch();
        applied(edit().put(device(DEVICE, 2, TOKEN)).grant(grant("g", DEVICE, 1)));
        assertEquals(epoch, policies().epoch());
        applied(edit().bumpEpoch());
        assertTrue(policies().epoch() > epoch, "the epoch did not grow");
        assertEquals(policies().epoch(), snapshot().epoch());
    }

    @Test
    @DisplayName("P12 an edit repeated with its id is applied once, even when it fits no longer")
    void appliesARepeatedEditOnce() {
        PolicyEdit edit = edit().put(device(DEVICE, 2, TOKEN))
                .bumpEpoch()
                .grant(grant("g", DEVICE, 1))
                .build();
        assertEquals(new EditResult.Applied(), policies().apply(edit));
        long epoch = policies().epoch();
        applied(edit().cancel(new GrantScope.OfDevice(DEVICE)));
        assertEquals(new EditResult.Applied(), policies().apply(edit));
        assertEquals(epoch, policies().epoch());
        assertEquals(2, policies().get(KIND, DEVICE).orElseThrow().version());
        assertEquals(List.of(), openGrants(DEVICE));
    }

    @Test
    @DisplayName("P13 an edit leaves its audit row")
    void leavesAnAuditRow() {
        PolicyEdit edit = edit().bumpEpoch().build();
        policies().apply(edit);
        List<JournalRow> newest = decisions().journal(new JournalQuery(JournalEntry.Kind.AUDIT, null, null, 1));
        assertEquals(edit.audit(), newest.get(0).entry());
    }

    @Test
    @DisplayName("P21 what was applied is there when the store is opened again")
    void keepsRecordsWhenOpenedAgain() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        PolicyRecord next = device(DEVICE, 2, TOKEN, "site=south");
        applied(edit().put(next).bumpEpoch().grant(grant("g", DEVICE, 2)));
        long epoch = policies().epoch();
        fixture().reopen();
        assertEquals(Optional.of(next), policies().find(KIND, TOKEN));
        assertEquals(List.of(next), policies().scan(KIND, "site=south", null, PAGE));
        assertEquals(epoch, policies().epoch());
        assertEquals(List.of("g"), openGrants(DEVICE));
    }

    @Test
    @DisplayName("P25 an edit that names a policy epoch happens under that one or not at all")
    void refusesAnEditThatAnotherEpochWasJudgedBy() {
        open(grant("g", DEVICE, 2));
        long seen = policies().epoch();
        applied(edit().judgedBy(seen).put(device("dev-3", 1, "token:three")));
        applied(edit().bumpEpoch());
        List<JournalRow> chain = wholeChain(fixture().chain());
        for (long other : new long[] {seen, policies().epoch() + 1}) {
            assertEquals(new EditResult.OtherEpoch(), apply(good().judgedBy(other)));
        }
        assertEquals(Optional.empty(), policies().get(KIND, "dev-2"));
        assertEquals(List.of("g"), openGrants(DEVICE));
        assertEquals(chain, wholeChain(fixture().chain()));
        EditDraft now = good().judgedBy(policies().epoch());
        assertEquals(new EditResult.Applied(), apply(now));
        assertEquals(new EditResult.Applied(), apply(now), "repeated with its id");
    }
}
