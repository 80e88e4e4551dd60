package io.panocrypt.policy.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Part of a list.
 *
 * @param items the part
 * @param unreadable the objects in this part that cannot be read: their ids, or for journal entries chain and sequence
 * @param nextCursor where the next part begins, which may be empty; absent at the end of the list
 * @param examined how many objects were read to find the items
 */
public record Page<T>(List<T> items, List<String> unreadable, Optional<String> nextCursor, int examined) {
    public Page {
        items = List.copyOf(items);
        unreadable = List.copyOf(unreadable);
    }

    /** A part for which nothing else was read. */
    public Page(List<T> items, List<String> unreadable, Optional<String> nextCursor) {
        this(items, unreadable, nextCursor, items.size() + unreadable.size());
    }

    /** A part for which nothing else was read, and in which everything can be read. */
    public Page(List<T> items, Optional<String> nextCursor) {
        this(items, List.of(), nextCursor);
    }

    /** The same part with each item converted. */
    public <R> Page<R> map(Function<? super T, ? extends R> turn) {
        return new Page<>(items.stream().<R>map(turn).toList(), unreadable, nextCursor, examined);
    }
}
