package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Converts records to pages, and checks page sizes. */
public final class Paging {
    private static final int MAX = 1000;

    private Paging() {}

    /** Refuses a page size outside 1 to 1,000. */
    public static void check(int limit) {
        if (limit < 1 || limit > MAX) {
            throw new OperationException(OperationException.Kind.INVALID, "limit must be 1 to " + MAX);
        }
    }

    /** The page of a scan with that limit; a full page has a next cursor. */
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
