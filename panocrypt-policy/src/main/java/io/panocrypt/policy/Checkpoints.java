package io.panocrypt.policy;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Signs where the journal's chains end, and checks that they still hold what was signed. */
final class Checkpoints {
    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
    /** How often a check that retention has disturbed is made again. */
    private static final int ATTEMPTS = 3;

    private final DecisionStore store;
    private final KeyCustody custody;
    private final Site site;
    private final Editor editor;

    /** What this process has signed last: a journal that was cut back behind it shows even if its checkpoints went too. */
    private volatile List<ChainHead> lastSigned = List.of();

    Checkpoints(DecisionStore store, KeyCustody custody, Site site, Editor editor) {
        this.store = store;
        this.custody = custody;
        this.site = site;
        this.editor = editor;
    }

    void take() {
        List<ChainHead> heads = store.heads();
        if (heads.isEmpty() || heads.stream().allMatch(this::isCovered)) {
            return;
        }
        Checkpoint taken = sign(heads, editor.now());
        store.append(new JournalEntry(
                editor.ids().next(), JournalEntry.Kind.CHECKPOINT, editor.now(), null, Json.write(taken)));
        lastSigned = heads;
        LOG.log(System.Logger.Level.INFO, taken.line());
    }

    /** A checkpoint that stands in no chain. */
    Checkpoint sign(List<ChainHead> heads, Instant time) {
        String text = Json.write(new SignedHeads(heads, time));
        return new Checkpoint(text, SiteSignature.over(text, custody, site));
    }

    ChainCut.Signed sign(ChainCut cut) {
        String text = cut.statement();
        return new ChainCut.Signed(text, SiteSignature.over(text, custody, site));
    }

    /** The key that signs all this. */
    PublicJwk key() {
        return site.checkpointKey().publicKey();
    }

    /**
     * Whether a chain ends with a checkpoint that lists the row before it: a row that was appended while the checkpoint
     * was taken stands between them and is not signed yet.
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
            // One that cannot be read signs nothing: the next one does.
            return Stream.of();
        }
    }

    /** Checks the journal; again if retention has cut a chain meanwhile, which would look like rows that are gone. */
    Verification verify() {
        Journal journal = Journal.of(store, editor.store());
        for (int attempt = 1; ; attempt++) {
            List<ChainCut.Signed> cuts = journal.cuts();
            JournalCheck check = new JournalCheck(journal, key());
            if (!keyIsGenuine()) {
                check.report("site", 0, "the checkpoint key is not the one that was sealed");
            }
            Verification found = check.run(lastSigned.stream());
            if (found.intact() || attempt == ATTEMPTS || cuts.equals(journal.cuts())) {
                return found;
            }
        }
    }

    /** Whether the checkpoint key in the store is the one that was sealed, and not another's. */
    private boolean keyIsGenuine() {
        byte[] probe = "panocrypt checkpoint key".getBytes(StandardCharsets.UTF_8);
        try {
            byte[] signature = custody.sign(Site.CHECKPOINT_LABEL, site.checkpointKey(), probe);
            return site.checkpointKey().publicKey().verify(probe, signature);
        } catch (CustodyException e) {
            LOG.log(System.Logger.Level.ERROR, "the checkpoint key cannot be unsealed", e);
            return false;
        }
    }
}
