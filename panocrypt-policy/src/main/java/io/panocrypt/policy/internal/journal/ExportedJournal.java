package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The journal in an export file. Keeps the position of every 64th entry, and 64 entries, in memory. Not thread-safe.
 *
 * <p>It reports what no intact export has; {@link JournalVerifier} checks whether entries follow from each other.
 */
public final class ExportedJournal implements JournalSource, AutoCloseable {
    private static final int BLOCK = 64;

    /** At most {@link #BLOCK} entries of one chain on consecutive lines. */
    private static final class Block {
        private final long first;
        private final long position;
        private int rows;

        Block(long first, long position) {
            this.first = first;
            this.position = position;
        }
    }

    private final LineReader lines;
    private final ExportHeader header;
    private final Map<String, List<Block>> chains = new HashMap<>();
    private Optional<Verification.Break> unreadable = Optional.empty();
    private Optional<Verification.Break> flaw = Optional.empty();
    private Optional<Block> latest = Optional.empty();
    private List<JournalRow> latestRows = List.of();

    private ExportedJournal(LineReader lines, ExportHeader header) {
        this.lines = lines;
        this.header = header;
    }

    /** @throws IOException if the file cannot be read, or is not an export */
    public static ExportedJournal open(Path file) throws IOException {
        return open(new LineReader(ByteSource.of(file)));
    }

    /**
     * Opens an export that begins at the reader's position and goes on to the end.
     *
     * @param lines closed with this, or by a fault
     * @throws IOException if it cannot be read, or no export begins there
     */
    public static ExportedJournal open(LineReader lines) throws IOException {
        try {
            String first = lines.next().orElse("");
            ExportHeader header = ExportHeader.parse(first)
                    .orElseThrow(() -> new IOException(
                            first.contains(ExportWriter.SELECTION)
                                    ? "a selection of a history, which proves nothing: export it without filters"
                                    : "not an export of a history: its first line is not a header"));
            ExportedJournal journal = new ExportedJournal(lines, header);
            journal.index();
            return journal;
        } catch (IOException | RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    public ExportHeader header() {
        return header;
    }

    /** The first line that is not an entry: entries that seem to be missing may be there. */
    public Optional<Verification.Break> unreadable() {
        return unreadable;
    }

    private void index() throws IOException {
        Map<String, Long> ends =
                header.heads().stream().collect(Collectors.toMap(ChainHead::chain, ChainHead::sequence, Math::max));
        ChainHead before = ChainHead.start("");
        boolean isNext = false;
        long number = 1;
        long position = lines.position();
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            number++;
            Optional<JournalRow> row = ExportRow.parse(line.get());
            if (row.isEmpty()) {
                isNext = false;
                unreadable = first(unreadable, "line", number, "cannot be read");
            } else {
                Optional<String> misplaced = misplacement(row.get(), before, ends);
                if (misplaced.isPresent()) {
                    flaw = first(flaw, row.get().chain(), row.get().sequence(), misplaced.get());
                } else {
                    add(row.get(), isNext && before.chain().equals(row.get().chain()), position);
                }
                isNext = misplaced.isEmpty();
                before = ChainHead.of(row.get());
            }
            position = lines.position();
        }
    }

    /** Why an entry is misplaced, as far as its line alone shows; empty if it is not. */
    private Optional<String> misplacement(JournalRow row, ChainHead before, Map<String, Long> ends) {
        if (!ends.containsKey(row.chain())) {
            return Optional.of("the header does not list this chain");
        }
        boolean goesOn = row.chain().equals(before.chain());
        if (goesOn ? row.sequence() <= before.sequence() : chains.containsKey(row.chain())) {
            return Optional.of(JournalVerifier.OUT_OF_ORDER);
        }
        return row.sequence() > ends.get(row.chain()) ? Optional.of("lies after the chain's end") : Optional.empty();
    }

    /** @param isNext whether its line follows the line of the entry that was added before */
    private void add(JournalRow row, boolean isNext, long position) {
        List<Block> blocks = chains.computeIfAbsent(row.chain(), name -> new ArrayList<>());
        if (!isNext || blocks.get(blocks.size() - 1).rows == BLOCK) {
            blocks.add(new Block(row.sequence(), position));
        }
        blocks.get(blocks.size() - 1).rows++;
    }

    private static Optional<Verification.Break> first(
            Optional<Verification.Break> earlier, String chain, long sequence, String problem) {
        return earlier.or(() -> Optional.of(new Verification.Break(chain, sequence, problem)));
    }

    @Override
    public List<ChainHead> heads() {
        return header.heads();
    }

    @Override
    public List<ChainTruncation.Signed> cuts() {
        return header.cuts();
    }

    @Override
    public Optional<Verification.Break> flaw() {
        return flaw;
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        List<Block> blocks = chains.getOrDefault(chain, List.of());
        List<JournalRow> found = new ArrayList<>();
        for (int i = blockOf(after, blocks); i < blocks.size() && found.size() < limit; i++) {
            rows(blocks.get(i)).stream()
                    .filter(row -> row.sequence() > after)
                    .limit(limit - found.size())
                    .forEach(found::add);
        }
        return found;
    }

    /** The last block that may contain the entry after that sequence number. */
    private static int blockOf(long after, List<Block> blocks) {
        int low = 0;
        int high = blocks.size();
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (blocks.get(middle).first <= after + 1) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private List<JournalRow> rows(Block block) {
        if (!latest.equals(Optional.of(block))) {
            latestRows = read(block);
            latest = Optional.of(block);
        }
        return latestRows;
    }

    private List<JournalRow> read(Block block) {
        try {
            List<JournalRow> rows = new ArrayList<>(BLOCK);
            lines.seek(block.position);
            while (rows.size() < block.rows) {
                String line = lines.next().orElseThrow(ExportedJournal::changed);
                rows.add(ExportRow.parse(line).orElseThrow(ExportedJournal::changed));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IOException changed() {
        return new IOException("the file was changed while it was read");
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
