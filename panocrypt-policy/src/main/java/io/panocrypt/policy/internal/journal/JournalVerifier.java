package io.panocrypt.policy.internal.journal;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Verifies all chains in one pass: whether each entry follows from the one before it, and matches what signatures cover, those
 * of approvers included.
 */
public final class JournalVerifier {
    private static final System.Logger LOG = System.getLogger(JournalVerifier.class.getName());
    static final int PAGE = 1000;
    static final String OUT_OF_ORDER = "duplicate or out of order";

    private final JournalSource journal;
    private final PublicJwk key;
    private final Map<String, ChainHead> beginnings = new TreeMap<>();
    /** The last head of each chain that a checkpoint of another chain listed; an idle chain is listed again and again. */
    private final Map<String, ChainHead> compared = new HashMap<>();
    /** The last entry of each chain that a signature covers. */
    private final Map<String, Long> signed = new HashMap<>();

    private final ProofAudit proofs;
    private final List<Verification.Chain> chains = new ArrayList<>();
    private Optional<Verification.Break> first = Optional.empty();
    private long rows;

    /**
     * A verification that has not run yet.
     *
     * @param key of the site's checkpoints and truncations
     */
    public JournalVerifier(JournalSource journal, PublicJwk key) {
        this.journal = journal;
        this.key = key;
        this.proofs = new ProofAudit(key.kid());
    }

    /**
     * Runs the verification. Call it once.
     *
     * @param vouched entries known from outside the journal
     */
    public Verification run(Stream<ChainHead> vouched) {
        boolean cutsGenuine = readCuts();
        List<ChainHead> heads = journal.heads();
        if (heads.isEmpty()) {
            report("site", 0, "the journal is empty although it once recorded the site's creation");
        }
        heads.forEach(this::verifyChain);
        beginnings.values().stream()
                .filter(cut -> heads.stream().noneMatch(head -> head.chain().equals(cut.chain())))
                .forEach(this::reportMissing);
        vouched.forEach(this::compare);
        proofs.finish(beginnings.isEmpty()).forEach(found -> report(found.chain(), found.sequence(), found.problem()));
        journal.flaw().ifPresent(flaw -> report(flaw.chain(), flaw.sequence(), flaw.problem()));
        if (!cutsGenuine) {
            // Reported last, so that entries which a forged truncation should hide are named first.
            report("site", 0, "a truncation is not signed by this site");
        }
        for (ChainHead head : heads) {
            long cut = beginning(head.chain()).sequence();
            long proven = signed.getOrDefault(head.chain(), cut);
            chains.add(new Verification.Chain(head.chain(), cut, proven, head.sequence()));
        }
        return new Verification(first.isEmpty(), rows, first, chains);
    }

    /** Reports a problem; only the first one counts. */
    public void report(String chain, long sequence, String problem) {
        first = first.or(() -> Optional.of(new Verification.Break(chain, sequence, problem)));
    }

    private boolean readCuts() {
        boolean genuine = true;
        for (ChainTruncation.Signed cut : journal.cuts()) {
            Optional<ChainTruncation> found = cut.signedBy(key);
            found.map(ChainTruncation::end)
                    .ifPresent(end -> beginnings.merge(
                            end.chain(), end, (one, other) -> one.sequence() > other.sequence() ? one : other));
            genuine &= found.isPresent();
        }
        return genuine;
    }

    private ChainHead beginning(String chain) {
        return beginnings.getOrDefault(chain, ChainHead.start(chain));
    }

    private void reportMissing(ChainHead before) {
        report(before.chain(), before.sequence() + 1, "missing");
    }

    private void verifyChain(ChainHead last) {
        ChainHead head = beginning(last.chain());
        // A checkpoint lists a recent entry of its own chain.
        Map<Long, String> recent = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
                return size() > PAGE;
            }
        };
        if (last.sequence() <= head.sequence()) {
            reportMissing(head);
            return;
        }
        // Begins at 0 instead of the truncation, because no entry may be left before it.
        long after = 0;
        while (head.sequence() < last.sequence()) {
            List<JournalRow> page = journal.chain(last.chain(), after, PAGE);
            if (page.isEmpty()) {
                reportMissing(head);
                return;
            }
            for (JournalRow row : page) {
                rows++;
                JournalRow expected = head.append(row.entry());
                if (row.sequence() < expected.sequence()) {
                    boolean atFirst = head.equals(beginning(last.chain()));
                    report(last.chain(), row.sequence(), atFirst ? "lies before the truncated part" : OUT_OF_ORDER);
                    return;
                }
                if (row.sequence() != expected.sequence()) {
                    reportMissing(head);
                    return;
                }
                if (!row.equals(expected)) {
                    report(last.chain(), row.sequence(), "changed");
                    return;
                }
                head = ChainHead.of(expected);
                if (head.sequence() == last.sequence() && !head.equals(last)) {
                    report(last.chain(), row.sequence(), "differs from the end of the chain in the store");
                }
                if (row.entry().kind() == JournalEntry.Kind.CHECKPOINT) {
                    check(row, recent);
                }
                proofs.add(row);
                recent.put(row.sequence(), row.hash());
            }
            after = head.sequence();
        }
    }

    private void check(JournalRow checkpoint, Map<Long, String> recent) {
        for (ChainHead listed : signedBy(checkpoint)) {
            if (listed.chain().equals(checkpoint.chain()) && recent.containsKey(listed.sequence())) {
                if (listed.hash().equals(recent.get(listed.sequence()))) {
                    markSigned(listed);
                } else {
                    report(listed.chain(), listed.sequence(), "differs from what a checkpoint lists");
                }
            } else if (!listed.equals(compared.put(listed.chain(), listed))) {
                compare(listed);
            }
        }
    }

    private List<ChainHead> signedBy(JournalRow row) {
        try {
            Checkpoint checkpoint = Json.read(row.entry().body(), Checkpoint.class);
            if (SiteSignature.verifies(checkpoint, key)) {
                return SignedHeads.of(checkpoint).heads();
            }
            report(row.chain(), row.sequence(), "checkpoint is not signed by this site");
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.ERROR, "a checkpoint cannot be read", e);
            report(row.chain(), row.sequence(), "checkpoint cannot be read");
        }
        return List.of();
    }

    private void compare(ChainHead listed) {
        ChainHead beginning = beginning(listed.chain());
        if (listed.sequence() < beginning.sequence()) {
            // Its entry was truncated: the kept entries neither prove nor disprove it.
            return;
        }
        if (listed.sequence() == beginning.sequence() && listed.sequence() > 0) {
            compare(listed, beginning.hash());
            return;
        }
        List<JournalRow> found = journal.chain(listed.chain(), listed.sequence() - 1, 1);
        if (found.isEmpty() || found.get(0).sequence() != listed.sequence()) {
            report(listed.chain(), listed.sequence(), "missing, although a checkpoint lists it");
        } else {
            compare(listed, found.get(0).hash());
        }
    }

    private void compare(ChainHead listed, String found) {
        if (listed.hash().equals(found)) {
            markSigned(listed);
        } else {
            report(listed.chain(), listed.sequence(), "differs from what a checkpoint lists");
        }
    }

    private void markSigned(ChainHead listed) {
        signed.merge(listed.chain(), listed.sequence(), Math::max);
    }
}
