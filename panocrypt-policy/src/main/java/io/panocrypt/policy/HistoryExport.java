package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.journal.ExportHeader;
import io.panocrypt.policy.internal.journal.ExportedJournal;
import io.panocrypt.policy.internal.journal.JournalVerifier;
import io.panocrypt.policy.internal.journal.SignedHeads;
import io.panocrypt.policy.internal.journal.SiteSignature;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An exported history, verified without the server that wrote it and with little memory.
 *
 * <p>Anybody who can write the file can also replace its key: compare {@link #checkpointKey} with a copy from a trusted
 * source. Not thread-safe. Throws {@link java.io.UncheckedIOException} if the file can no longer be read.
 */
public final class HistoryExport implements AutoCloseable {
    private final ExportedJournal journal;
    private final Map<String, Long> ends;

    HistoryExport(ExportedJournal journal) {
        this.journal = journal;
        this.ends = journal.header().heads().stream()
                .collect(Collectors.toMap(ChainHead::chain, ChainHead::sequence, Math::max));
    }

    /**
     * Opens an export and reads it once, to index its lines.
     *
     * @throws IOException if it cannot be read, or does not begin as an export does
     */
    public static HistoryExport open(Path file) throws IOException {
        return new HistoryExport(ExportedJournal.open(file));
    }

    /** The key that the export claims is the site's. */
    public PublicJwk checkpointKey() {
        return journal.header().key();
    }

    /** When the export began, as its header claims. */
    public Instant time() {
        return journal.header().time();
    }

    /** Whether the export's key has signed the checkpoint; a log may hold checkpoints of other sites. */
    public boolean hasSigned(Checkpoint checkpoint) {
        return SiteSignature.verifies(checkpoint, checkpointKey());
    }

    /**
     * Recomputes every chain, and compares it with every checkpoint and with the header.
     *
     * @param logged checkpoints kept elsewhere. Each must be {@linkplain #hasSigned signed}, and the entries that it lists
     *     must be in the export, except entries that are later than the export
     */
    public Verification verify(Stream<Checkpoint> logged) {
        ExportHeader header = journal.header();
        JournalVerifier check = new JournalVerifier(journal, header.key());
        journal.unreadable().ifPresent(line -> check.report(line.chain(), line.sequence(), line.problem()));
        if (!hasSigned(header.statement())) {
            check.report("line", 1, "the header is not signed by the key that it names");
        }
        Stream<ChainHead> kept = logged.flatMap(checkpoint -> vouchedBy(checkpoint, check));
        return check.run(Stream.concat(header.heads().stream(), kept));
    }

    private Stream<ChainHead> vouchedBy(Checkpoint checkpoint, JournalVerifier check) {
        if (!hasSigned(checkpoint)) {
            check.report("log", 0, "a checkpoint is not signed by the export's key");
            return Stream.of();
        }
        try {
            SignedHeads signed = SignedHeads.of(checkpoint);
            boolean isLater = signed.isAfter(time());
            return signed.heads().stream()
                    .filter(listed -> !isLater || listed.sequence() <= ends.getOrDefault(listed.chain(), 0L));
        } catch (StoreException e) {
            check.report("log", 0, "a checkpoint cannot be read");
            return Stream.of();
        }
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
