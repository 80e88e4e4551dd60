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
 * An exported history that is checked without the server that wrote it, and without much memory.
 *
 * <p>Whoever writes a file can write a key into it too: compare {@link #checkpointKey} with one that came another way. Not
 * thread-safe. Throws {@link java.io.UncheckedIOException} if the file cannot be read any more.
 */
public final class HistoryExport implements AutoCloseable {
    private final ExportedJournal journal;
    private final Map<String, Long> ends;

    private HistoryExport(ExportedJournal journal) {
        this.journal = journal;
        this.ends = journal.header().heads().stream()
                .collect(Collectors.toMap(ChainHead::chain, ChainHead::sequence, Math::max));
    }

    /**
     * Reads the file once, to find its rows again.
     *
     * @throws IOException if it cannot be read, or does not begin as an export does
     */
    public static HistoryExport open(Path file) throws IOException {
        return new HistoryExport(ExportedJournal.open(file));
    }

    /** The key that the export names as the site's. */
    public PublicJwk checkpointKey() {
        return journal.header().key();
    }

    /** When the export began, as it says. */
    public Instant time() {
        return journal.header().time();
    }

    /** Whether the export's key has signed that checkpoint: others may share the log. */
    public boolean hasSigned(Checkpoint checkpoint) {
        return SiteSignature.verifies(checkpoint, checkpointKey());
    }

    /**
     * Recomputes every chain, and compares it with every checkpoint and with the header.
     *
     * @param logged checkpoints that were kept elsewhere: each must be {@linkplain #hasSigned signed}, and what it lists must
     *     be in the export, unless it was taken after the export and lists what came later
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
