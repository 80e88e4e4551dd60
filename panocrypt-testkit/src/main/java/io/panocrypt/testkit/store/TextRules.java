package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules P27 and P28: text that some databases cannot store. This is NUL, and an unpaired surrogate, which some
 * store as a question mark.
 */
abstract class TextRules extends StoreRules {
    private static final List<String> UNSTORABLE = List.of("a\0b", "\0", "a\ud800", "\udfffb");

    /** Values that a store must not confuse with such texts. */
    private static final List<String> ALIKE = List.of("a", "ab", "a?", "?b", "a\ufffd", "\ufffdb");

    TextRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("P27 text that cannot be kept is not found or refused as input, and harms no other call")
    void looksForNoTextThatCannotBeKept() {
        ALIKE.forEach(alike -> applied(edit().put(record("x" + ALIKE.indexOf(alike), alike, alike))));
        for (String text : UNSTORABLE) {
            reads(text).forEach((name, read) -> {
                assertTrue(findsNothing(read), () -> name + " finds something for text that nobody has written");
                assertEquals(DEVICE, snapshot().device().id(), "the next call is answered");
            });
        }
    }

    private Map<String, Supplier<Object>> reads(String text) {
        Map<String, Supplier<Object>> reads = new LinkedHashMap<>();
        reads.put("get by kind", () -> store().get(text, DEVICE));
        reads.put("get by id", () -> store().get(KIND, text));
        reads.put("find by kind", () -> store().find(text, TOKEN));
        reads.put("find by term", () -> store().find("text", text));
        reads.put("scan of a kind", () -> store().scan(text, null, null, PAGE));
        reads.put("scan by unique terms of a kind", () -> store().scanByUniqueTerm(text, "name:", null, PAGE));
        reads.put(
                "scan by unique terms with a prefix",
                () -> store().scanByUniqueTerm("text", "name:" + text, null, PAGE));
        reads.put("scan of a term", () -> store().scan("text", text, null, PAGE));
        // A store may accept the text as a position, but there is no record of this kind after it.
        reads.put("scan after an id", () -> store().scan("none", null, text, PAGE));
        reads.put("snapshot", () -> store().snapshot(text));
        reads.put("grants", () -> store().grants(text));
        reads.put("journal of a device", () -> journal(text, null));
        reads.put("journal before a chain", () -> journal(null, new JournalQuery.Position(Long.MIN_VALUE, text, 0)));
        reads.put("chain", () -> store().chain(text, 0, PAGE));
        if (store().outbox().isPresent()) {
            reads.put("dead letters", () -> outbox().deadLetters(text, PAGE));
            reads.put("revive", () -> outbox().reviveDeadLetter(text));
            reads.put("drop", () -> outbox().dropDeadLetter(text));
        }
        return reads;
    }

    private Object journal(@Nullable String device, JournalQuery.@Nullable Position before) {
        return store().journal(new JournalQuery(JournalEntry.Kind.UNLOCK, device, before, PAGE));
    }

    /**
     * Whether nothing is found or the input is refused. Any other fault would count as an outage and fails the test.
     */
    private static boolean findsNothing(Supplier<Object> read) {
        try {
            Object found = read.get();
            return found instanceof Optional<?> one
                    ? one.isEmpty()
                    : found instanceof Collection<?> some ? some.isEmpty() : found.equals(false);
        } catch (StoreInputException e) {
            return true;
        }
    }

    private static PolicyRecord record(String id, String uniqueTerm, String term) {
        return new PolicyRecord("text", id, 1, "{}", Set.of(uniqueTerm), Set.of(term));
    }

    @Test
    @DisplayName("P28 text that cannot be kept is refused as input with all of its edit, or kept as it is")
    void changesNoTextThatCannotBeKept() {
        int number = 0;
        for (String text : UNSTORABLE) {
            for (Function<String, StoreWrite.Builder> draft : drafts()) {
                String id = "text-" + ++number;
                StoreWrite edit = draft.apply(text)
                        .put(new PolicyRecord("mark", id, 1, "{}", Set.of(), Set.of()))
                        .build();
                boolean kept = isKept(edit);
                assertEquals(kept, store().get("mark", id).isPresent(), "all of the edit or nothing");
                if (kept) {
                    edit.changes().forEach(this::assertKept);
                }
                assertEquals(DEVICE, snapshot().device().id(), "the next call is answered");
                assertChainsIntact();
            }
        }
    }

    private List<Function<String, StoreWrite.Builder>> drafts() {
        return List.of(
                text -> edit().put(record(fresh("r"), text + fresh("u"), "t")),
                text -> edit().put(record(fresh("r"), fresh("u"), text)),
                text -> edit().put(new PolicyRecord("text", fresh("r"), 1, text, Set.of(), Set.of())),
                text -> edit().put(new PolicyRecord("text", text + fresh("r"), 1, "{}", Set.of(), Set.of())),
                text -> edit().enqueue(notices(new OutboxEntry(fresh("o"), "topic", "lane", text))),
                text -> edit().grant(List.of(withBody(grant(fresh("g"), DEVICE, 1), text))),
                text -> StoreWrite.of(new JournalEntry(
                        fresh("e"), JournalEntry.Kind.AUDIT, clock.instant(), null, "{\"n\":\"" + text + "\"}")));
    }

    private static Grant withBody(Grant grant, String body) {
        return new Grant(
                grant.id(), grant.deviceId(), grant.uses(), grant.usesLeft(), grant.created(), grant.expires(), body);
    }

    private boolean isKept(StoreWrite edit) {
        try {
            return store().write(edit).isWritten();
        } catch (StoreInputException e) {
            return false;
        }
    }

    private void assertKept(Change change) {
        PolicyRecord written = ((Change.Put) change).record();
        assertEquals(Optional.of(written), store().get(written.kind(), written.id()));
    }
}
