package io.panocrypt.policy.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Part of a list.
 *
 * @param items the part
 * @param unreadable what belongs into the part and cannot be read: ids, and of journal entries the chain and the sequence
 * @param nextCursor where the next part begins, which may prove to be empty; empty when there is none
 */
public record Page<T>(List<T> items, List<String> unreadable, Optional<String> nextCursor) {
    public Page {
        items = List.copyOf(items);
        unreadable = List.copyOf(unreadable);
    }

    /** A part of which everything can be read. */
    public Page(List<T> items, Optional<String> nextCursor) {
        this(items, List.of(), nextCursor);
    }

    /** The same part with each item turned into something else. */
    public <R> Page<R> map(Function<? super T, ? extends R> turn) {
        return new Page<>(items.stream().<R>map(turn).toList(), unreadable, nextCursor);
    }
}
