package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RuleNames;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shared by all groups of rules: a new store, and short names for what is done with it. */
@ExtendWith(RuleNames.class)
abstract class EntryRules {
    /** Bounds around all keys that rules write, except those of E4. */
    private static final String BEGIN = "!";

    private static final String END = "~";

    private static final int PAGE = 1_000;
    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");

    final MutableClock clock = new MutableClock(START);
    private final Opener opener;
    private @Nullable EntryStoreFixture opened;

    /** Opens the store under test. */
    interface Opener {
        EntryStoreFixture open(MutableClock clock) throws Exception;
    }

    EntryRules(Opener opener) {
        this.opener = opener;
    }

    @BeforeEach
    final void openStore() throws Exception {
        opened = opener.open(clock);
    }

    @AfterEach
    final void closeStore() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    final EntryStoreFixture fixture() {
        if (opened == null) {
            throw new IllegalStateException("no store is open");
        }
        return opened;
    }

    final EntryStore store() {
        return fixture().store();
    }

    /** Another node; the test is skipped if the fixture has none. */
    final EntryStore anotherNode() throws Exception {
        Optional<EntryStore> other = fixture().anotherNode();
        assumeTrue(other.isPresent(), "the fixture has no second node");
        return other.get();
    }

    static EntryMutation put(String key, String value) {
        return new EntryMutation.Put(key, value);
    }

    static EntryMutation remove(String key) {
        return new EntryMutation.Remove(key);
    }

    static EntryCondition absent(String key) {
        return new EntryCondition.Absent(key);
    }

    /** The condition that the entry is still as it was read. */
    static EntryCondition unchanged(StoreEntry entry) {
        return new EntryCondition.HasVersion(entry.key(), entry.version());
    }

    /** Makes the mutations without a condition. */
    final void write(EntryMutation... mutations) {
        assertTrue(store().write(List.of(), List.of(mutations)), "a write without conditions is refused");
    }

    /** Makes one mutation if one condition holds. */
    final boolean writeIf(EntryCondition condition, EntryMutation mutation) {
        return store().write(List.of(condition), List.of(mutation));
    }

    final StoreEntry entry(String key) {
        return entry(store(), key);
    }

    static StoreEntry entry(EntryStore node, String key) {
        StoreEntry found = node.read(List.of(key)).get(key);
        if (found == null) {
            throw new AssertionError("no entry with the key " + key);
        }
        return found;
    }

    /** Everything that the store holds, up to one page. */
    final Map<String, String> contents() {
        return values(store().scan(BEGIN, END, PAGE, ScanOrder.ASCENDING));
    }

    static Map<String, String> values(Collection<StoreEntry> entries) {
        Map<String, String> values = new TreeMap<>();
        entries.forEach(entry -> values.put(entry.key(), entry.value()));
        return values;
    }
}
