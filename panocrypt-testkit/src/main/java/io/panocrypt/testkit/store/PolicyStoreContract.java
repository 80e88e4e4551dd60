package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PolicyStore} must do. Extend it and open your store; each test's display name begins with its rule.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>P1, P2</td><td>a record is found by id and by unique term, as it was written; kinds are apart</td></tr>
 * <tr><td>P3</td><td>a put names the version that it replaces, else it is stale</td></tr>
 * <tr><td>P4, P5</td><td>a unique term that another record of the kind holds is taken; one that was freed is not</td></tr>
 * <tr><td>P6, P7, P8</td><td>an update replaces all, a delete removes, a require changes nothing</td></tr>
 * <tr><td>P9</td><td>an edit happens wholly or not at all</td></tr>
 * <tr><td>P10</td><td>the epoch grows when an edit asks for it, and only then</td></tr>
 * <tr><td>P11</td><td>a scan goes by ascending id, in pages, all or by term</td></tr>
 * <tr><td>P12</td><td>an edit that is repeated with its id is applied once</td></tr>
 * <tr><td>P13</td><td>an edit leaves its audit row</td></tr>
 * <tr><td>P14, P15, P16, P17</td><td>an edit cancels one grant, a device's, those of devices with all the terms, or
 * all</td></tr>
 * <tr><td>P18</td><td>grants that an edit opens outlive what it cancels</td></tr>
 * <tr><td>P19, P20</td><td>of concurrent edits of one version, or of one unique term, one is applied</td></tr>
 * <tr><td>P21</td><td>what was applied is there when the store is opened again</td></tr>
 * <tr><td>P22, P23, P24</td><td>unique terms are judged as they stand after the edit; an edit writes a record once</td></tr>
 * <tr><td>P25, P26</td><td>an edit that names a policy epoch happens under that one or not at all, also when several
 * run</td></tr>
 * <tr><td>P27, P28</td><td>text that cannot be kept is not found, and not changed into other text; to be asked for it, by any
 * call of either contract, is no outage</td></tr>
 * </table>
 */
public abstract class PolicyStoreContract extends TextRules {
    private static final int THREADS = 16;

    /** For subclasses. */
    protected PolicyStoreContract() {}

    @Test
    @DisplayName("P1 a record is found by id and by each unique term, as it was written")
    void findsWhatWasWritten() {
        String body = "{\"note\":\"I\u0131\u0130i \uD83D\uDD12 ' ; -- %\"}";
        PolicyRecord record =
                new PolicyRecord("member", "m-1", 1, body, Set.of("name:ada", "mail:a'b"), Set.of("role=admin", "on"));
        PolicyRecord bare = new PolicyRecord("member", "m-2", 1, "{}", Set.of(), Set.of());
        applied(edit().put(record, bare));
        assertEquals(Optional.of(record), policies().get("member", "m-1"));
        assertEquals(Optional.of(record), policies().find("member", "name:ada"));
        assertEquals(Optional.of(record), policies().find("member", "mail:a'b"));
        assertEquals(Optional.of(bare), policies().get("member", "m-2"));
    }

    @Test
    @DisplayName("P2 what is not there is not found; kinds are apart, and so are terms and unique terms")
    void findsNothingElse() {
        applied(edit().put(new PolicyRecord("member", DEVICE, 1, "{}", Set.of(TOKEN), Set.of())));
        assertEquals(Optional.empty(), policies().get("lockdown", DEVICE));
        assertEquals(Optional.empty(), policies().get(KIND, "dev-9"));
        assertEquals(Optional.empty(), policies().find(KIND, "site=north"));
        assertEquals(Optional.empty(), policies().find(KIND, TOKEN.toUpperCase(Locale.ROOT)));
        assertEquals("member", policies().find("member", TOKEN).orElseThrow().kind());
        assertEquals(KIND, policies().find(KIND, TOKEN).orElseThrow().kind());
    }

    @Test
    @DisplayName("P3 a put must name the version that it replaces")
    void refusesAPutOfAnotherVersion() {
        EditResult stale = new EditResult.Stale(KIND, DEVICE);
        assertEquals(stale, apply(edit().put(device(DEVICE, 1, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 3, TOKEN))));
        assertEquals(new EditResult.Stale(KIND, "dev-9"), apply(edit().put(device("dev-9", 2, "token:nine"))));
        applied(edit().put(device(DEVICE, 2, TOKEN)));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN))));
        assertEquals(2, policies().get(KIND, DEVICE).orElseThrow().version());
    }

    @Test
    @DisplayName("P4 a unique term that another record of the kind holds is taken")
    void refusesATakenTerm() {
        EditResult taken = new EditResult.Taken(KIND, TOKEN);
        assertEquals(taken, apply(edit().put(device("dev-2", 1, TOKEN))));
        applied(edit().put(device("dev-2", 1, "token:two")));
        assertEquals(taken, apply(edit().put(device("dev-2", 2, TOKEN))));
        assertEquals(DEVICE, policies().find(KIND, TOKEN).orElseThrow().id());
        assertEquals("dev-2", policies().find(KIND, "token:two").orElseThrow().id());
    }

    @Test
    @DisplayName("P5 a unique term that an update or a delete has freed may be taken")
    void allowsAFreedTerm() {
        applied(edit().put(device(DEVICE, 2, "token:new")));
        assertEquals(Optional.empty(), policies().find(KIND, TOKEN));
        applied(edit().put(device("dev-2", 1, TOKEN)));
        applied(edit().delete(KIND, "dev-2", 1));
        applied(edit().put(device("dev-3", 1, TOKEN)));
        assertEquals("dev-3", policies().find(KIND, TOKEN).orElseThrow().id());
    }

    @Test
    @DisplayName("P6 an update replaces the body and all terms")
    void replacesEverything() {
        PolicyRecord next = device(DEVICE, 2, TOKEN, "site=south");
        applied(edit().put(next));
        assertEquals(Optional.of(next), policies().get(KIND, DEVICE));
        assertEquals(List.of(), policies().scan(KIND, "site=north", null, PAGE));
        assertEquals(List.of(next), policies().scan(KIND, "site=south", null, PAGE));
    }

    @Test
    @DisplayName("P7 a delete removes the record of the version that it names")
    void deletes() {
        assertEquals(new EditResult.Stale(KIND, DEVICE), apply(edit().delete(KIND, DEVICE, 2)));
        assertEquals(new EditResult.Stale(KIND, "dev-9"), apply(edit().delete(KIND, "dev-9", 1)));
        applied(edit().delete(KIND, DEVICE, 1));
        assertEquals(Optional.empty(), policies().get(KIND, DEVICE));
        assertEquals(Optional.empty(), policies().find(KIND, TOKEN));
        assertEquals(List.of(), policies().scan(KIND, "site=north", null, PAGE));
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

    /** A draft that would be applied as it is. */
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
    @DisplayName("P11 a scan goes by ascending id, in pages, over all records or those with the term")
    void scansInPages() {
        EditDraft edit = edit();
        List<String> all = new ArrayList<>();
        List<String> tagged = new ArrayList<>();
        for (int i = 24; i >= 0; i--) {
            String id = String.format(Locale.ROOT, "r-%02d", i);
            Set<String> terms = i % 3 == 0 ? Set.of("third", "t" + i) : Set.of("t" + i);
            edit.put(new PolicyRecord("list", id, 1, "{}", Set.of("name:" + i), terms));
            all.add(0, id);
            if (i % 3 == 0) {
                tagged.add(0, id);
            }
        }
        applied(edit);
        for (int size : new int[] {1, 2, 9, 24, 25, 100}) {
            assertEquals(all, pages(null, size), "pages of " + size);
            assertEquals(tagged, pages("third", size), "pages of " + size);
        }
        assertEquals(List.of(), policies().scan("list", "fourth", null, PAGE));
        assertEquals(List.of(), policies().scan("list", null, "r-24", PAGE));
        PolicyRecord first = policies().scan("list", "third", null, 1).get(0);
        assertEquals(new PolicyRecord("list", "r-00", 1, "{}", Set.of("name:0"), Set.of("third", "t0")), first);
    }

    private List<String> pages(@Nullable String term, int size) {
        List<String> ids = new ArrayList<>();
        List<PolicyRecord> page = policies().scan("list", term, null, size);
        while (!page.isEmpty()) {
            assertTrue(page.size() <= size, "a page of " + page.size() + " records instead of at most " + size);
            page.forEach(record -> ids.add(record.id()));
            assertTrue(ids.size() <= 25, "pages without an end");
            page = policies().scan("list", term, ids.get(ids.size() - 1), size);
        }
        return ids;
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
    @DisplayName("P14 an edit cancels one grant of the device that it names")
    void cancelsOneGrant() {
        open(grant("a", DEVICE, 1), grant("b", DEVICE, 1), grant("c", "dev-2", 1));
        applied(edit().cancel(new GrantScope.Single(DEVICE, "a")).cancel(new GrantScope.Single(DEVICE, "c")));
        assertEquals(List.of("b"), openGrants(DEVICE));
        assertEquals(List.of("c"), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P15 an edit cancels a device's grants")
    void cancelsGrantsOfADevice() {
        open(grant("a", DEVICE, 1), grant("b", DEVICE, 1), grant("c", "dev-2", 1));
        applied(edit().cancel(new GrantScope.OfDevice(DEVICE)));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of("c"), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P16 an edit cancels the grants of devices that held all the terms before it")
    void cancelsGrantsByTerms() {
        applied(edit().put(device("dev-2", 1, "token:two", "site=north"), device("dev-3", 1, "token:three", "rack=7"))
                .put(new PolicyRecord("list", "dev-4", 1, "{}", Set.of(), Set.of("site=north", "rack=7"))));
        open(grant("a", DEVICE, 1), grant("b", "dev-2", 1), grant("c", "dev-3", 1), grant("d", "dev-4", 1));
        applied(edit().put(device(DEVICE, 2, TOKEN)).cancel(new GrantScope.OfTerms(Set.of("site=north", "rack=7"))));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of("b"), openGrants("dev-2"));
        assertEquals(List.of("c"), openGrants("dev-3"));
        assertEquals(List.of("d"), openGrants("dev-4"));
        applied(edit().cancel(new GrantScope.OfTerms(Set.of("site=north"))));
        assertEquals(List.of(), openGrants("dev-2"));
        assertEquals(List.of("c"), openGrants("dev-3"));
    }

    @Test
    @DisplayName("P17 an edit cancels every grant when it names no terms")
    void cancelsEveryGrant() {
        open(grant("a", DEVICE, 1), grant("b", "dev-2", 1));
        applied(edit().cancel(new GrantScope.OfTerms(Set.of())));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of(), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P18 grants that an edit opens outlive what it cancels")
    void keepsItsOwnGrants() {
        open(grant("old", DEVICE, 1));
        Grant fresh = grant("new", DEVICE, 1);
        applied(edit().grant(fresh).cancel(new GrantScope.OfDevice(DEVICE)).cancel(new GrantScope.OfTerms(Set.of())));
        assertEquals(List.of(fresh), decisions().grants(DEVICE));
    }

    @Test
    @DisplayName("P19 of concurrent edits of one version one is applied")
    void appliesOneOfConcurrentEdits() throws Exception {
        for (long version = 2; version < 7; version++) {
            PolicyRecord next = device(DEVICE, version, TOKEN);
            Callable<EditResult> task = () -> apply(edit().put(next));
            List<EditResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(1, Collections.frequency(results, new EditResult.Applied()));
            assertEquals(THREADS - 1, Collections.frequency(results, new EditResult.Stale(KIND, DEVICE)));
        }
    }

    @Test
    @DisplayName("P20 of concurrent edits that claim one unique term one is applied")
    void givesAUniqueTermOnce() throws Exception {
        List<Callable<EditResult>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            PolicyRecord record = device("new-" + i, 1, "token:new");
            tasks.add(() -> apply(edit().put(record)));
        }
        List<EditResult> results = Parallel.run(tasks);
        assertEquals(1, Collections.frequency(results, new EditResult.Applied()));
        assertEquals(THREADS - 1, Collections.frequency(results, new EditResult.Taken(KIND, "token:new")));
        assertEquals(2, policies().scan(KIND, null, null, PAGE).size());
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
    @DisplayName("P22 a unique term may move from one record to another within an edit")
    void movesAUniqueTermWithinAnEdit() {
        applied(edit().put(device("dev-2", 1, TOKEN), device(DEVICE, 2, "token:two")));
        assertEquals("dev-2", policies().find(KIND, TOKEN).orElseThrow().id());
        applied(edit().put(device("dev-2", 2, "token:two"), device(DEVICE, 3, TOKEN)));
        assertEquals(DEVICE, policies().find(KIND, TOKEN).orElseThrow().id());
        assertEquals("dev-2", policies().find(KIND, "token:two").orElseThrow().id());
        applied(edit().put(device("dev-3", 1, TOKEN)).delete(KIND, DEVICE, 3));
        assertEquals("dev-3", policies().find(KIND, TOKEN).orElseThrow().id());
    }

    @Test
    @DisplayName("P23 two records cannot claim a unique term within an edit")
    void refusesATermThatTheEditGivesTwice() {
        EditDraft twice = edit().put(device("dev-2", 1, "token:two"), device("dev-3", 1, "token:two"));
        assertEquals(new EditResult.Taken(KIND, "token:two"), apply(twice));
        assertEquals(Optional.empty(), policies().get(KIND, "dev-2"));
        assertEquals(Optional.empty(), policies().get(KIND, "dev-3"));
    }

    @Test
    @DisplayName("P24 an edit that writes a record twice is stale")
    void refusesToWriteARecordTwice() {
        EditResult stale = new EditResult.Stale(KIND, DEVICE);
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN), device(DEVICE, 3, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN), device(DEVICE, 2, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN)).delete(KIND, DEVICE, 1)));
        assertEquals(1, policies().get(KIND, DEVICE).orElseThrow().version());
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

    @Test
    @DisplayName("P26 of concurrent edits that name one epoch and bump it one is applied")
    void appliesOneOfConcurrentEditsOfAnEpoch() throws Exception {
        for (int round = 0; round < 5; round++) {
            long seen = policies().epoch();
            Callable<EditResult> task = () -> apply(edit().judgedBy(seen).bumpEpoch());
            List<EditResult> results = Parallel.run(Collections.nCopies(THREADS, task));
            assertEquals(1, Collections.frequency(results, new EditResult.Applied()));
            assertEquals(THREADS - 1, Collections.frequency(results, new EditResult.OtherEpoch()));
        }
    }

    private EditResult apply(EditDraft edit) {
        return policies().apply(edit.build());
    }
}
