package io.panocrypt.policy.store.entry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Something that a node does by one write.
 *
 * @param ids keys of which one exists once the act is done; may be empty
 * @param reads keys that the work will probably get, ids included
 * @param work gets what it depends on and changes what it has to; changes nothing if it refuses. May run several times
 */
record Act<R>(List<String> ids, Collection<String> reads, Function<EntryTransaction, R> work) {
    /** An act without an id, so that nobody can tell whether an earlier try has done it. */
    static <R> Act<R> of(Function<EntryTransaction, R> work) {
        return new Act<>(List.of(), List.of(), work);
    }

    /**
     * An act that is done once.
     *
     * @param done the answer if it was done before
     */
    static <R> Act<R> once(List<String> ids, Collection<String> reads, R done, Function<EntryTransaction, R> work) {
        List<String> all = new ArrayList<>(ids);
        all.addAll(reads);
        return new Act<>(ids, all, transaction -> isDone(ids, transaction) ? done : work.apply(transaction));
    }

    private static boolean isDone(List<String> ids, EntryTransaction transaction) {
        return ids.stream().anyMatch(id -> transaction.get(id).isPresent());
    }

    /** Whether it has an id that would be there if it had been done. */
    boolean isUndone(EntryTransaction transaction) {
        return !ids.isEmpty() && !isDone(ids, transaction);
    }
}
