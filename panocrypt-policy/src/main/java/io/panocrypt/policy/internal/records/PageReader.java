package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads one page of stored objects; names unreadable ones instead of failing. Not thread-safe. */
public final class PageReader<T> {
    private final List<T> items = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    /** The value of a stored object; if it is unreadable, empty, and its name is recorded. */
    public static <S, T> Optional<T> read(S stored, String name, Function<S, T> reader, List<String> unreadable) {
        try {
            return Optional.of(reader.apply(stored));
        } catch (UnreadableRecordException e) {
            unreadable.add(name);
            return Optional.empty();
        }
    }

    /** The record's value; if it is unreadable, empty, and its id is recorded. */
    public Optional<T> read(PolicyRecord record, Function<PolicyRecord, T> reader) {
        return read(record, record.id(), reader, unreadable);
    }

    /** Adds an item to the page; returns the number of items. */
    public int add(T item) {
        items.add(item);
        return items.size();
    }

    public Page<T> page(Optional<String> nextCursor) {
        return new Page<>(items, unreadable, nextCursor);
    }

    /** @param examined how many objects were read */
    public Page<T> page(Optional<String> nextCursor, int examined) {
        return new Page<>(items, unreadable, nextCursor, examined);
    }
}
