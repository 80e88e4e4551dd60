package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A journal entry as a line of an export: its hash, and everything that the hash covers.
 *
 * @param chain the node's name
 * @param sequence the position in the chain, from 1
 * @param id the entry's identifier
 * @param kind the entry's kind
 * @param time the entry's time, in whole milliseconds
 * @param device the device that it concerns; null for none
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

    /** The entry in a line; empty for any other line. */
    public static Optional<JournalRow> parse(String line) {
        return Json.readForeign(line, ExportRow.class).map(ExportRow::row);
    }

    private JournalRow row() {
        return new JournalRow(
                chain, sequence, new JournalEntry(id, JournalEntry.Kind.of(kind), time, device, body), hash);
    }
}
