package io.panocrypt.policy.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Part of a list.
 *
 * @param items the part
 * @param nextCursor where the next part begins, which may prove to be empty; empty when there is none
 */
public record Page<T>(List<T> items, Optional<String> nextCursor) {
    public Page {
        items = List.copyOf(items);
    }

    /** The same part with each item turned into something else. */
    public <R> Page<R> map(Function<? super T, ? extends R> turn) {
        return new Page<>(items.stream().<R>map(turn).toList(), nextCursor);
    }
}
