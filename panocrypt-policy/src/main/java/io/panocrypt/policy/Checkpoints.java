package io.panocrypt.policy;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Signs where the journal's chains end, and checks that they still hold what was signed. */
final class Checkpoints {
    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
    private static final int PAGE = 1000;

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

    /** What is stored of a checkpoint: the signed text and its signature, base64url. */
    record Body(String heads, String signature) {
        Body {
            Objects.requireNonNull(heads);
            Objects.requireNonNull(signature);
        }
    }

    private record Heads(List<ChainHead> heads) {
        Heads {
            heads = List.copyOf(heads);
        }
    }

    void take() {
        List<ChainHead> heads = store.heads();
        if (heads.isEmpty() || heads.stream().allMatch(this::isCovered)) {
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
        lastSigned = heads;
        LOG.log(System.Logger.Level.INFO, "checkpoint {0} {1}", signed, encoded);
    }

    /**
     * Whether a chain ends with a checkpoint that lists the row before it: a row that was appended while the checkpoint
     * was taken stands between them and is not signed yet.
     */
    private boolean isCovered(ChainHead head) {
        return store.chain(head.chain(), head.sequence() - 1, 1).stream()
                .filter(row -> row.entry().kind() == JournalEntry.Kind.CHECKPOINT)
                .flatMap(row -> heads(body(row)).stream())
                .anyMatch(listed -> listed.chain().equals(head.chain()) && listed.sequence() == head.sequence() - 1);
    }

    private static Body body(JournalRow row) {
        return Json.read(row.entry().body(), Body.class);
    }

    private static List<ChainHead> heads(Body body) {
        return Json.read(body.heads(), Heads.class).heads();
    }

    Verification verify() {
        Run run = new Run();
        if (!keyIsGenuine()) {
            run.report("site", 0, "the checkpoint key is not the one that was sealed");
        }
        List<ChainHead> heads = store.heads();
        if (heads.isEmpty()) {
            run.report("site", 0, "the journal is empty although it once recorded the site's creation");
        }
        heads.forEach(run::walk);
        lastSigned.forEach(run::compare);
        return new Verification(run.first.isEmpty(), run.rows, run.first);
    }

    /** One pass over all chains. */
    private final class Run {
        private Optional<Verification.Break> first = Optional.empty();
        /** The last head of each chain that a checkpoint of another chain listed: that of a chain at rest recurs. */
        private final Map<String, ChainHead> compared = new HashMap<>();

        private long rows;

        void walk(ChainHead last) {
            ChainHead head = ChainHead.start(last.chain());
            // A checkpoint lists a row of its own chain that stands shortly before it.
            Map<Long, String> recent = new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
                    return size() > PAGE;
                }
            };
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
                    if (!row.equals(expected)) {
                        report(last.chain(), row.sequence(), "changed");
                        return;
                    }
                    head = ChainHead.of(expected);
                    if (head.sequence() == last.sequence() && !head.equals(last)) {
                        report(last.chain(), row.sequence(), "not what the store calls the chain's end");
                    }
                    if (row.entry().kind() == JournalEntry.Kind.CHECKPOINT) {
                        check(row, recent);
                    }
                    recent.put(row.sequence(), row.hash());
                }
            }
        }

        private void check(JournalRow checkpoint, Map<Long, String> recent) {
            for (ChainHead listed : signed(checkpoint)) {
                if (listed.chain().equals(checkpoint.chain()) && recent.containsKey(listed.sequence())) {
                    if (!listed.hash().equals(recent.get(listed.sequence()))) {
                        report(listed.chain(), listed.sequence(), "not what a checkpoint lists");
                    }
                } else if (!listed.equals(compared.put(listed.chain(), listed))) {
                    compare(listed);
                }
            }
        }

        private List<ChainHead> signed(JournalRow checkpoint) {
            try {
                Body body = body(checkpoint);
                byte[] text = body.heads().getBytes(StandardCharsets.UTF_8);
                byte[] signature = Base64.getUrlDecoder().decode(body.signature());
                if (site.checkpointKey().publicKey().verify(text, signature)) {
                    return heads(body);
                }
                report(checkpoint.chain(), checkpoint.sequence(), "checkpoint is not signed by this site");
            } catch (StoreException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.ERROR, "a checkpoint cannot be read", e);
                report(checkpoint.chain(), checkpoint.sequence(), "checkpoint cannot be read");
            }
            return List.of();
        }

        private void compare(ChainHead listed) {
            List<JournalRow> found = store.chain(listed.chain(), listed.sequence() - 1, 1);
            if (found.isEmpty() || found.get(0).sequence() != listed.sequence()) {
                report(listed.chain(), listed.sequence(), "missing, although a checkpoint lists it");
            } else if (!found.get(0).hash().equals(listed.hash())) {
                report(listed.chain(), listed.sequence(), "not what a checkpoint lists");
            }
        }

        private void report(String chain, long sequence, String problem) {
            first = first.or(() -> Optional.of(new Verification.Break(chain, sequence, problem)));
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
