package io.panocrypt.policy;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs where the journal's chains end, and checks that they still hold what was signed. */
final class Checkpoints {
    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
    private static final int PAGE = 1000;

    private final DecisionStore store;
    private final KeyCustody custody;
    private final Site site;
    private final Editor editor;

    Checkpoints(DecisionStore store, KeyCustody custody, Site site, Editor editor) {
        this.store = store;
        this.custody = custody;
        this.site = site;
        this.editor = editor;
    }

    /** What is stored of a checkpoint: the signed text and its signature, base64url. */
    record Body(String heads, String signature) {}

    private record Heads(List<ChainHead> heads) {}

    void take() {
        List<ChainHead> heads = store.heads();
        if (heads.isEmpty() || endsWithCheckpoint(heads)) {
            return;
        }
        String signed = Json.write(new Heads(heads));
        byte[] signature =
                custody.sign(Site.CHECKPOINT_LABEL, site.checkpointKey(), signed.getBytes(StandardCharsets.UTF_8));
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        store.append(new JournalEntry(
                editor.ids().next(),
                JournalEntry.Kind.CHECKPOINT,
                editor.now(),
                null,
                Json.write(new Body(signed, encoded))));
        LOG.log(System.Logger.Level.INFO, "checkpoint {0} {1}", signed, encoded);
    }

    /** Whether nothing has happened since the last checkpoint: every chain ends with one. */
    private boolean endsWithCheckpoint(List<ChainHead> heads) {
        return heads.stream()
                .allMatch(head -> store.chain(head.chain(), head.sequence() - 1, 1).stream()
                        .allMatch(row -> row.entry().kind() == JournalEntry.Kind.CHECKPOINT));
    }

    Verification verify() {
        Run run = new Run();
        if (!keyIsGenuine()) {
            run.report("site", 0, "the checkpoint key is not the one that was sealed");
        }
        Map<String, Map<Long, String>> signed = new HashMap<>();
        for (ChainHead head : store.heads()) {
            run.walk(head, signed);
        }
        signed.forEach((chain, rows) -> rows.forEach((sequence, hash) -> run.compare(chain, sequence, hash)));
        return new Verification(
                run.breaks.isEmpty(), run.rows, run.breaks.stream().findFirst());
    }

    /** One pass over all chains. */
    private final class Run {
        private final List<Verification.Break> breaks = new ArrayList<>();
        private long rows;

        void walk(ChainHead last, Map<String, Map<Long, String>> signed) {
            ChainHead head = ChainHead.start(last.chain());
            while (head.sequence() < last.sequence()) {
                List<JournalRow> page = store.chain(last.chain(), head.sequence(), PAGE);
                if (page.isEmpty()) {
                    report(last.chain(), head.sequence() + 1, "missing");
                    return;
                }
                for (JournalRow row : page) {
                    rows++;
                    JournalRow expected = head.append(row.entry());
                    if (row.sequence() != expected.sequence()) {
                        report(last.chain(), expected.sequence(), "missing");
                        return;
                    }
                    if (!row.hash().equals(expected.hash())) {
                        report(last.chain(), row.sequence(), "changed");
                        return;
                    }
                    if (row.entry().kind() == JournalEntry.Kind.CHECKPOINT) {
                        read(row)
                                .ifPresent(heads -> heads.forEach(
                                        known -> signed.computeIfAbsent(known.chain(), ignored -> new HashMap<>())
                                                .put(known.sequence(), known.hash())));
                    }
                    head = ChainHead.of(row);
                }
            }
        }

        private Optional<List<ChainHead>> read(JournalRow row) {
            Body body = Json.read(row.entry().body(), Body.class);
            byte[] signed = body.heads().getBytes(StandardCharsets.UTF_8);
            byte[] signature = Base64.getUrlDecoder().decode(body.signature());
            if (!site.checkpointKey().publicKey().verify(signed, signature)) {
                report(row.chain(), row.sequence(), "checkpoint is not signed by this site");
                return Optional.empty();
            }
            return Optional.of(Json.read(body.heads(), Heads.class).heads());
        }

        void compare(String chain, long sequence, String hash) {
            List<JournalRow> found = store.chain(chain, sequence - 1, 1);
            if (found.isEmpty() || found.get(0).sequence() != sequence) {
                report(chain, sequence, "missing, although a checkpoint lists it");
            } else if (!found.get(0).hash().equals(hash)) {
                report(chain, sequence, "not what a checkpoint lists");
            }
        }

        private void report(String chain, long sequence, String problem) {
            breaks.add(new Verification.Break(chain, sequence, problem));
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
