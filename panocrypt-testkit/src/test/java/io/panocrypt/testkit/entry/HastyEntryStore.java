package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.testkit.Overlap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Looks at some conditions before the write and not in it. */
final class HastyEntryStore extends ForwardingEntryStore {
    private final Overlap overlap;
    private final BiPredicate<EntryCondition, Set<String>> early;

    /**
     * Creates a node.
     *
     * @param overlap where two writes meet between their looks and their mutations
     * @param early whether it looks too early at a condition, given the keys that the write mutates
     */
    HastyEntryStore(EntryStore right, Overlap overlap, BiPredicate<EntryCondition, Set<String>> early) {
        super(right);
        this.overlap = overlap;
        this.early = early;
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        Set<String> mutated = mutations.stream().map(EntryMutation::key).collect(Collectors.toSet());
        Map<Boolean, List<EntryCondition>> looks =
                conditions.stream().collect(Collectors.partitioningBy(condition -> early.test(condition, mutated)));
        List<EntryCondition> before = looks.getOrDefault(true, List.of());
        if (!inARace() || mutations.isEmpty() || before.isEmpty()) {
            return super.write(conditions, mutations);
        }
        if (!before.stream().allMatch(this::holds)) {
            return false;
        }
        overlap.meet();
        return super.write(looks.getOrDefault(false, List.of()), mutations);
    }

    private boolean holds(EntryCondition condition) {
        StoreEntry entry = read(List.of(condition.key())).get(condition.key());
        return condition instanceof EntryCondition.HasVersion wanted
                ? entry != null && entry.version().equals(wanted.version())
                : entry == null;
    }
}
