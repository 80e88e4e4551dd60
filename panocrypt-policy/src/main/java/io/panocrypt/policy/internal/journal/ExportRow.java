package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the journal as a line of an export: all that its hash is made of, and the hash.
 *
 * @param chain the node's name
 * @param sequence its place
 * @param id of the entry
 * @param kind of the entry
 * @param time of the entry, to the millisecond
 * @param device that it concerns
 * @param body JSON text
 * @param hash as in {@link JournalRow}
 */
public record ExportRow(
        String chain,
        long sequence,
        String id,
        String kind,
        Instant time,
        @Nullable String device,
        String body,
        String hash) {
    public ExportRow {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(id);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(time);
        Objects.requireNonNull(body);
        Objects.requireNonNull(hash);
    }

    public static ExportRow of(JournalRow row) {
        JournalEntry entry = row.entry();
        return new ExportRow(
                row.chain(),
                row.sequence(),
                entry.id(),
                entry.kind().name(),
                entry.time(),
                entry.deviceId(),
                entry.body(),
                row.hash());
    }

    /** The row in a line; empty if there is none. */
    public static Optional<JournalRow> parse(String line) {
        return Json.readForeign(line, ExportRow.class).map(ExportRow::row);
    }

    private JournalRow row() {
        return new JournalRow(
                chain, sequence, new JournalEntry(id, JournalEntry.Kind.of(kind), time, device, body), hash);
    }
}
