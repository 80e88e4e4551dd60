package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules P1 to P7, P11, P22 to P24 and P29: records, their versions and their terms. */
abstract class RecordRules extends StoreRules {
    RecordRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("P1 a record is found by id and by each unique term, as it was written")
    void findsWhatWasWritten() {
        String body = "{\"note\":\"I\u0131\u0130i \uD83D\uDD12 ' ; -- %\"}";
        PolicyRecord record =
                new PolicyRecord("member", "m-1", 1, body, Set.of("name:ada", "mail:a'b"), Set.of("role=admin", "on"));
        PolicyRecord bare = new PolicyRecord("member", "m-2", 1, "{}", Set.of(), Set.of());
        applied(edit().put(record, bare));
        assertEquals(Optional.of(record), store().get("member", "m-1"));
        assertEquals(Optional.of(record), store().find("member", "name:ada"));
        assertEquals(Optional.of(record), store().find("member", "mail:a'b"));
        assertEquals(Optional.of(bare), store().get("member", "m-2"));
    }

    @Test
    @DisplayName("P2 what is not there is not found; kinds are apart, and so are terms and unique terms")
    void findsNothingElse() {
        applied(edit().put(new PolicyRecord("member", DEVICE, 1, "{}", Set.of(TOKEN), Set.of())));
        assertEquals(Optional.empty(), store().get("lockdown", DEVICE));
        assertEquals(Optional.empty(), store().get(KIND, "dev-9"));
        assertEquals(Optional.empty(), store().find(KIND, "site=north"));
        assertEquals(Optional.empty(), store().find(KIND, TOKEN.toUpperCase(Locale.ROOT)));
        assertEquals("member", store().find("member", TOKEN).orElseThrow().kind());
        assertEquals(KIND, store().find(KIND, TOKEN).orElseThrow().kind());
    }

    @Test
    @DisplayName("P3 a put must name the version that it replaces")
    void refusesAPutOfAnotherVersion() {
        WriteResult stale = new WriteResult.Stale(KIND, DEVICE);
        assertEquals(stale, apply(edit().put(device(DEVICE, 1, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 3, TOKEN))));
        assertEquals(new WriteResult.Stale(KIND, "dev-9"), apply(edit().put(device("dev-9", 2, "token:nine"))));
        applied(edit().put(device(DEVICE, 2, TOKEN)));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN))));
        assertEquals(2, store().get(KIND, DEVICE).orElseThrow().version());
    }

    @Test
    @DisplayName("P4 a unique term that another record of the kind holds is taken")
    void refusesATakenTerm() {
        WriteResult taken = new WriteResult.Taken(KIND, TOKEN);
        assertEquals(taken, apply(edit().put(device("dev-2", 1, TOKEN))));
        applied(edit().put(device("dev-2", 1, "token:two")));
        assertEquals(taken, apply(edit().put(device("dev-2", 2, TOKEN))));
        assertEquals(DEVICE, store().find(KIND, TOKEN).orElseThrow().id());
        assertEquals("dev-2", store().find(KIND, "token:two").orElseThrow().id());
    }

    @Test
    @DisplayName("P5 a unique term that an update or a delete has freed may be taken")
    void allowsAFreedTerm() {
        applied(edit().put(device(DEVICE, 2, "token:new")));
        assertEquals(Optional.empty(), store().find(KIND, TOKEN));
        applied(edit().put(device("dev-2", 1, TOKEN)));
        applied(edit().delete(KIND, "dev-2", 1));
        applied(edit().put(device("dev-3", 1, TOKEN)));
        assertEquals("dev-3", store().find(KIND, TOKEN).orElseThrow().id());
    }

    @Test
    @DisplayName("P6 an update replaces the body and all terms")
    void replacesEverything() {
        PolicyRecord next = device(DEVICE, 2, TOKEN, "site=south");
        applied(edit().put(next));
        assertEquals(Optional.of(next), store().get(KIND, DEVICE));
        assertEquals(List.of(), store().scan(KIND, "site=north", null, PAGE));
        assertEquals(List.of(next), store().scan(KIND, "site=south", null, PAGE));
    }

    @Test
    @DisplayName("P7 a delete removes the record of the version that it names")
    void deletes() {
        assertEquals(new WriteResult.Stale(KIND, DEVICE), apply(edit().delete(KIND, DEVICE, 2)));
        assertEquals(new WriteResult.Stale(KIND, "dev-9"), apply(edit().delete(KIND, "dev-9", 1)));
        applied(edit().delete(KIND, DEVICE, 1));
        assertEquals(Optional.empty(), store().get(KIND, DEVICE));
        assertEquals(Optional.empty(), store().find(KIND, TOKEN));
        assertEquals(List.of(), store().scan(KIND, "site=north", null, PAGE));
    }

    @Test
    @DisplayName("P11 a scan goes by ascending id, in pages, over all records or those with the term")
    void scansInPages() {
        List<String> all = new ArrayList<>();
        List<String> tagged = new ArrayList<>();
        for (int i = 24; i >= 0; i--) {
            String id = String.format(Locale.ROOT, "r-%02d", i);
            Set<String> terms = i % 3 == 0 ? Set.of("third", "t" + i) : Set.of("t" + i);
            applied(edit().put(new PolicyRecord("list", id, 1, "{}", Set.of("name:" + i), terms)));
            all.add(0, id);
            if (i % 3 == 0) {
                tagged.add(0, id);
            }
        }
        for (int size : new int[] {1, 2, 9, 24, 25, 100}) {
            assertEquals(all, pages(null, size), "pages of " + size);
            assertEquals(tagged, pages("third", size), "pages of " + size);
        }
        assertEquals(List.of(), store().scan("list", "fourth", null, PAGE));
        assertEquals(List.of(), store().scan("list", null, "r-24", PAGE));
        PolicyRecord first = store().scan("list", "third", null, 1).get(0);
        assertEquals(new PolicyRecord("list", "r-00", 1, "{}", Set.of("name:0"), Set.of("third", "t0")), first);
    }

    private List<String> pages(@Nullable String term, int size) {
        List<String> ids = new ArrayList<>();
        List<PolicyRecord> page = store().scan("list", term, null, size);
        while (!page.isEmpty()) {
            assertTrue(page.size() <= size, "a page of " + page.size() + " records instead of at most " + size);
            page.forEach(record -> ids.add(record.id()));
            assertTrue(ids.size() <= 25, "pages without an end");
            page = store().scan("list", term, ids.get(ids.size() - 1), size);
        }
        return ids;
    }

    @Test
    @DisplayName("P29 names with a prefix are listed in the order of their bytes, page by page")
    void scansByUniqueTerm() {
        // Neither the order of ids, nor that of Java's characters, nor that of a language.
        List<String> terms = List.of(
                "name:a",
                "name:a%",
                "name:aB",
                "name:a_b",
                "name:ab",
                "name:a\u00e9",
                "name:a\ufffd",
                "name:a\uD83D\uDD12");
        StoreWrite.Builder edit = edit();
        for (int i = 0; i < terms.size(); i++) {
            edit.put(listed("r-" + (90 - i), 1, terms.get(i), "token:" + i));
        }
        edit.put(listed("r-other", 1, "name:A", "nam"), listed("r-next", 1, "name:b"), listed("r-none", 1, "other:a"));
        applied(edit.put(new PolicyRecord("group", "r-90", 1, "{}", Set.of("name:a"), Set.of())));
        for (int size : new int[] {1, 2, 3, 7, 8, 100}) {
            assertEquals(terms, listedPages("name:a", size), "pages of " + size);
        }
        assertEquals(List.of("name:a_b"), listedPages("name:a_", 5));
        assertEquals(List.of("name:a\u00e9"), listedPages("name:a\u00e9", 5));
        assertEquals(List.of(), listedPages("name:aba", 5));
        assertEquals(List.of(), store().scanByUniqueTerm("list", "name:a", "name:b", PAGE));
        assertEquals(
                List.of(listed("r-90", 1, "name:a", "token:0")),
                store().scanByUniqueTerm("list", "name:a", "name:", 1));
    }

    @Test
    @DisplayName("P30 a record is listed once for each of its names, as it is now")
    void listsWhatIsThereNow() {
        applied(edit().put(
                        listed("r-1", 1, "name:xb", "name:xd"),
                        listed("r-2", 1, "name:xc"),
                        listed("r-3", 1, "name:xa")));
        assertEquals(List.of("r-3", "r-1", "r-2", "r-1"), ids(store().scanByUniqueTerm("list", "name:x", null, PAGE)));
        assertEquals(List.of("r-1", "r-2"), ids(store().scanByUniqueTerm("list", "name:x", "name:xa", 2)));
        applied(edit().put(listed("r-1", 2, "name:xe"), listed("r-2", 2, "name:xb"))
                .delete("list", "r-3", 1));
        assertEquals(
                List.of(listed("r-2", 2, "name:xb"), listed("r-1", 2, "name:xe")),
                store().scanByUniqueTerm("list", "name:x", null, PAGE));
    }

    private static PolicyRecord listed(String id, long version, String... terms) {
        return new PolicyRecord("list", id, version, "{}", Set.of(terms), Set.of("tag"));
    }

    private static List<String> ids(List<PolicyRecord> records) {
        return records.stream().map(PolicyRecord::id).toList();
    }

    private List<String> listedPages(String prefix, int size) {
        List<String> terms = new ArrayList<>();
        List<PolicyRecord> page = store().scanByUniqueTerm("list", prefix, null, size);
        while (!page.isEmpty()) {
            assertTrue(page.size() <= size, "a page of " + page.size() + " records instead of at most " + size);
            for (PolicyRecord record : page) {
                List<String> listed = record.uniqueTerms().stream()
                        .filter(term -> term.startsWith(prefix))
                        .toList();
                assertEquals(1, listed.size(), () -> record.id() + " has no name that begins with " + prefix);
                terms.addAll(listed);
            }
            assertTrue(terms.size() <= PAGE, "pages without an end");
            page = store().scanByUniqueTerm("list", prefix, terms.get(terms.size() - 1), size);
        }
        return terms;
    }

    @Test
    @DisplayName("P22 a unique term may move from one record to another within an edit")
    void movesAUniqueTermWithinAnEdit() {
        applied(edit().put(device("dev-2", 1, TOKEN), device(DEVICE, 2, "token:two")));
        assertEquals("dev-2", store().find(KIND, TOKEN).orElseThrow().id());
        applied(edit().put(device("dev-2", 2, "token:two"), device(DEVICE, 3, TOKEN)));
        assertEquals(DEVICE, store().find(KIND, TOKEN).orElseThrow().id());
        assertEquals("dev-2", store().find(KIND, "token:two").orElseThrow().id());
        applied(edit().put(device("dev-3", 1, TOKEN)).delete(KIND, DEVICE, 3));
        assertEquals("dev-3", store().find(KIND, TOKEN).orElseThrow().id());
    }

    @Test
    @DisplayName("P23 two records cannot claim a unique term within an edit")
    void refusesATermThatTheEditGivesTwice() {
        StoreWrite.Builder twice = edit().put(device("dev-2", 1, "token:two"), device("dev-3", 1, "token:two"));
        assertEquals(new WriteResult.Taken(KIND, "token:two"), apply(twice));
        assertEquals(Optional.empty(), store().get(KIND, "dev-2"));
        assertEquals(Optional.empty(), store().get(KIND, "dev-3"));
    }

    @Test
    @DisplayName("P24 an edit that writes a record twice is stale")
    void refusesToWriteARecordTwice() {
        WriteResult stale = new WriteResult.Stale(KIND, DEVICE);
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN), device(DEVICE, 3, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN), device(DEVICE, 2, TOKEN))));
        assertEquals(stale, apply(edit().put(device(DEVICE, 2, TOKEN)).delete(KIND, DEVICE, 1)));
        assertEquals(1, store().get(KIND, DEVICE).orElseThrow().version());
    }
}
