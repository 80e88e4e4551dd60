package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Turns records into pages, for limits that a store admits. */
public final class Paging {
    private static final int MAX = 1000;

    private Paging() {}

    /** Refuses a limit that would end in an empty page for ever, or in one without an end. */
    public static void check(int limit) {
        if (limit < 1 || limit > MAX) {
            throw new OperationException(OperationException.Kind.INVALID, "limit must be 1 to " + MAX);
        }
    }

    /** The page that a scan with that limit found. */
    public static <T> Page<T> of(List<PolicyRecord> found, int limit, Class<T> type) {
        return of(found, limit, record -> RecordMapper.read(record, type));
    }

    public static <T> Page<T> of(List<PolicyRecord> found, int limit, Function<PolicyRecord, T> reader) {
        PageReader<T> readings = new PageReader<>();
        found.forEach(record -> readings.read(record, reader).ifPresent(readings::add));
        return readings.page(
                found.size() < limit
                        ? Optional.empty()
                        : Optional.of(found.get(limit - 1).id()));
    }
}
