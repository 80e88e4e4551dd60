package io.panocrypt.benchmarks.load.client;

import java.util.List;
import java.util.function.Supplier;

/** Supplies the elements of a list in order, endlessly. Not thread-safe. */
public final class InTurn<T> implements Supplier<T> {
    private final List<T> things;
    private int next;

    /** @param things at least one */
    public InTurn(List<T> things) {
        this.things = List.copyOf(things);
    }

    @Override
    public T get() {
        T given = things.get(next);
        next = (next + 1) % things.size();
        return given;
    }
}
