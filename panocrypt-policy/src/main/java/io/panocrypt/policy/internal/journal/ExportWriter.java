package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Writes the whole journal, or a part of it, as lines of JSON, without verifying it. Thread-safe. */
public final class ExportWriter {
    /** No export: what proves that nothing is missing is missing. */
    static final String SELECTION = "panocrypt-history-selection-1";

    private final JournalSource journal;
    private final Checkpoints checkpoints;
    private final InstantSource clock;

    public ExportWriter(JournalSource journal, Checkpoints checkpoints, InstantSource clock) {
        this.journal = journal;
        this.checkpoints = checkpoints;
        this.clock = clock;
    }

    public void write(OutputStream out) throws IOException {
        // The time is taken before the heads: an earlier checkpoint then lists no entry beyond these heads.
        Instant time = clock.instant();
        write(out, time, journal.heads());
    }

    /**
     * Writes the journal up to these heads.
     *
     * @param time before they were read
     */
    public void write(OutputStream out, Instant time, List<ChainHead> heads) throws IOException {
        List<ChainTruncation.Signed> cuts = journal.cuts();
        line(out, ExportHeader.line(checkpoints.key(), checkpoints.sign(heads, time), cuts));
        for (ChainHead head : heads) {
            write(head, out);
        }
        if (!cuts.equals(journal.cuts())) {
            throw new StoreException("entries were removed while the journal was exported: export it again");
        }
        out.flush();
    }

    private void write(ChainHead head, OutputStream out) throws IOException {
        long at = 0;
        while (at < head.sequence()) {
            List<JournalRow> page = journal.chain(head.chain(), at, JournalVerifier.PAGE);
            for (JournalRow row : page) {
                if (row.sequence() <= head.sequence()) {
                    line(out, Json.writeAscii(ExportRow.of(row)));
                }
            }
            at = page.isEmpty() ? head.sequence() : page.get(page.size() - 1).sequence();
        }
    }

    /**
     * The first line of a selection.
     *
     * @param time when it began
     */
    private record Selection(String format, Instant time, HistoryFilter filter) {}

    /** Writes the entries that a filter selects. */
    public void write(
            HistoryFilter filter, List<JournalSearch.Wanted<?>> wanted, JournalSearch search, OutputStream out)
            throws IOException {
        line(out, Json.writeAscii(new Selection(SELECTION, clock.instant(), filter)));
        for (JournalSearch.Wanted<?> each : wanted) {
            search.each(each, row -> line(out, Json.writeAscii(ExportRow.of(row))));
        }
        out.flush();
    }

    private static void line(OutputStream out, byte[] json) throws IOException {
        out.write(json);
        out.write('\n');
    }
}
