package io.panocrypt.policy.internal.journal;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Signs the heads of the journal's chains, and verifies the journal against such signatures. Thread-safe. */
public final class Checkpoints {
    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
    /** How often a verification is repeated because retention has truncated a chain meanwhile. */
    private static final int ATTEMPTS = 3;

    private final Store store;
    private final KeyCustody custody;
    private final SiteIdentity site;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final Consumer<Checkpoint> log;

    /** The heads that this process signed last: they show a truncated journal even if its checkpoints are gone too. */
    private volatile List<ChainHead> lastSigned = List.of();

    /** @param log gets each checkpoint once it is in the journal */
    public Checkpoints(
            Store store,
            KeyCustody custody,
            SiteIdentity site,
            InstantSource clock,
            IdGenerator ids,
            Consumer<Checkpoint> log) {
        this.store = store;
        this.custody = custody;
        this.site = site;
        this.clock = clock;
        this.ids = ids;
        this.log = log;
    }

    /** Writes one line of the log. */
    public static void log(Checkpoint taken) {
        LOG.log(System.Logger.Level.INFO, taken.line());
    }

    public void take() {
        List<ChainHead> heads = store.heads();
        if (heads.isEmpty() || heads.stream().allMatch(this::isCovered)) {
            return;
        }
        Checkpoint taken = sign(heads, clock.instant());
        JournalEntry entry =
                new JournalEntry(ids.next(), JournalEntry.Kind.CHECKPOINT, clock.instant(), null, Json.write(taken));
        store.write(StoreWrite.of(entry).build());
        lastSigned = heads;
        log.accept(taken);
    }

    /** Signs a checkpoint that is not part of a chain. */
    Checkpoint sign(List<ChainHead> heads, Instant time) {
        String text = Json.text(new SignedHeads(heads, time));
        return new Checkpoint(text, SiteSignature.over(text, custody, site));
    }

    ChainTruncation.Signed sign(ChainTruncation cut) {
        String text = cut.statement();
        return new ChainTruncation.Signed(text, SiteSignature.over(text, custody, site));
    }

    /** The public key of the site's signatures. */
    public PublicJwk key() {
        return site.checkpointKey().publicKey();
    }

    /**
     * Whether a chain ends with a checkpoint that lists the entry before it. An entry that was appended while the checkpoint
     * was taken lies between them, and is not signed yet.
     */
    private boolean isCovered(ChainHead head) {
        return store.chain(head.chain(), head.sequence() - 1, 1).stream()
                .filter(row -> row.entry().kind() == JournalEntry.Kind.CHECKPOINT)
                .flatMap(Checkpoints::listed)
                .anyMatch(listed -> listed.chain().equals(head.chain()) && listed.sequence() == head.sequence() - 1);
    }

    private static Stream<ChainHead> listed(JournalRow checkpoint) {
        try {
            return SignedHeads.of(Json.read(checkpoint.entry().body(), Checkpoint.class)).heads().stream();
        } catch (UnreadableRecordException e) {
            // An unreadable checkpoint signs nothing; the next one does.
            return Stream.of();
        }
    }

    /**
     * Verifies the journal; repeats this if retention has truncated a chain meanwhile, since entries would seem to be
     * missing.
     */
    public Verification verify() {
        JournalSource journal = JournalSource.of(store);
        for (int attempt = 1; ; attempt++) {
            List<ChainTruncation.Signed> cuts = journal.cuts();
            JournalVerifier check = new JournalVerifier(journal, key());
            if (!keyIsGenuine()) {
                check.report("site", 0, "the checkpoint key is not the one that was sealed");
            }
            Verification found = check.run(lastSigned.stream());
            if (found.intact() || attempt == ATTEMPTS || cuts.equals(journal.cuts())) {
                return found;
            }
        }
    }

    /**
     * Whether the journal lacks an entry that the checkpoint lists, or has another in its place. False for a checkpoint that
     * another site has signed.
     */
    public boolean isBehind(Checkpoint seen) {
        if (!SiteSignature.verifies(seen, key())) {
            return false;
        }
        List<ChainHead> removed = JournalSource.of(store).cuts().stream()
                .flatMap(cut -> cut.signedBy(key()).stream())
                .map(ChainTruncation::end)
                .toList();
        return SignedHeads.of(seen).heads().stream()
                .anyMatch(listed -> !isHeld(listed)
                        && removed.stream()
                                .noneMatch(end ->
                                        end.chain().equals(listed.chain()) && end.sequence() >= listed.sequence()));
    }

    private boolean isHeld(ChainHead listed) {
        return store.chain(listed.chain(), listed.sequence() - 1, 1).stream()
                .map(ChainHead::of)
                .anyMatch(listed::equals);
    }

    /** Whether the stored public key belongs to the sealed private key, and was not replaced. */
    private boolean keyIsGenuine() {
        byte[] probe = "panocrypt checkpoint key".getBytes(StandardCharsets.UTF_8);
        try {
            byte[] signature = custody.sign(SiteIdentity.CHECKPOINT_LABEL, site.checkpointKey(), probe);
            return site.checkpointKey().publicKey().verify(probe, signature);
        } catch (CustodyException e) {
            LOG.log(System.Logger.Level.ERROR, "the checkpoint key cannot be unsealed", e);
            return false;
        }
    }
}
