package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
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
        reads.put("get by kind", () -> policies().get(text, DEVICE));
        reads.put("get by id", () -> policies().get(KIND, text));
        reads.put("find by kind", () -> policies().find(text, TOKEN));
        reads.put("find by term", () -> policies().find("text", text));
        reads.put("scan of a kind", () -> policies().scan(text, null, null, PAGE));
        reads.put("scan of a term", () -> policies().scan("text", text, null, PAGE));
        // A store may accept the text as a position, but there is no record of this kind after it.
        reads.put("scan after an id", () -> policies().scan("none", null, text, PAGE));
        reads.put("snapshot", () -> decisions().snapshot(text));
        reads.put("grants", () -> decisions().grants(text));
        reads.put("journal of a device", () -> journal(text, null));
        reads.put("journal before a chain", () -> journal(null, new JournalQuery.Position(Long.MIN_VALUE, text, 0)));
        reads.put("chain", () -> decisions().chain(text, 0, PAGE));
        reads.put("dead letters", () -> decisions().deadLetters(text, PAGE));
        reads.put("revive", () -> decisions().reviveDeadLetter(text));
        reads.put("drop", () -> decisions().dropDeadLetter(text));
        return reads;
    }

    private Object journal(@Nullable String device, JournalQuery.@Nullable Position before) {
        return decisions().journal(new JournalQuery(JournalEntry.Kind.UNLOCK, device, before, PAGE));
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
            for (Function<String, EditDraft> draft : drafts()) {
                String id = "text-" + ++number;
                PolicyEdit edit = draft.apply(text)
                        .put(new PolicyRecord("mark", id, 1, "{}", Set.of(), Set.of()))
                        .build();
                boolean kept = isKept(edit);
                assertEquals(kept, policies().get("mark", id).isPresent(), "all of the edit or nothing");
                if (kept) {
                    edit.changes().forEach(this::assertKept);
                }
                assertEquals(DEVICE, snapshot().device().id(), "the next call is answered");
                assertChainsIntact();
            }
        }
    }

    private List<Function<String, EditDraft>> drafts() {
        return List.of(
                text -> edit().put(record(fresh("r"), text + fresh("u"), "t")),
                text -> edit().put(record(fresh("r"), fresh("u"), text)),
                text -> edit().put(new PolicyRecord("text", fresh("r"), 1, text, Set.of(), Set.of())),
                text -> edit().put(new PolicyRecord("text", text + fresh("r"), 1, "{}", Set.of(), Set.of())),
                text -> edit().enqueue(new OutboxEntry(fresh("o"), "topic", "lane", text)),
                text -> edit().grant(withBody(grant(fresh("g"), DEVICE, 1), text)),
                text -> new EditDraft(new JournalEntry(
                        fresh("e"), JournalEntry.Kind.AUDIT, clock.instant(), null, "{\"n\":\"" + text + "\"}")));
    }

    private static Grant withBody(Grant grant, String body) {
        return new Grant(
                grant.id(), grant.deviceId(), grant.uses(), grant.usesLeft(), grant.created(), grant.expires(), body);
    }

    private boolean isKept(PolicyEdit edit) {
        try {
            return policies().apply(edit) instanceof EditResult.Applied;
        } catch (StoreInputException e) {
            return false;
        }
    }

    private void assertKept(PolicyEdit.Change change) {
        PolicyRecord written = ((PolicyEdit.Change.Put) change).record();
        assertEquals(Optional.of(written), policies().get(written.kind(), written.id()));
    }
}
