package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.ExportWriter;
import io.panocrypt.policy.internal.journal.JournalSearch;
import io.panocrypt.policy.internal.journal.JournalSource;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.journal.SiteSignature;
import io.panocrypt.policy.model.history.Checkpoint;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The part of a service that signs, checks, searches, exports and shortens the journal.
 *
 * @param siteSigner signs a text with the site's key
 */
public record JournalWing(
        Checkpoints checkpoints,
        Retention retention,
        ExportWriter exporter,
        JournalSearch search,
        UnaryOperator<String> siteSigner) {

    /**
     * Opens the site of the store, or creates it in an empty store.
     *
     * @param log gets each checkpoint
     * @throws IllegalStateException if the store's keys belong to another custody
     */
    public static JournalWing open(Foundation base, Consumer<Checkpoint> log) {
        SiteIdentity site =
                SiteIdentity.open(base.store(), base.clock(), base.editor(), base.custody(), base.firstWrites());
        Checkpoints checkpoints = new Checkpoints(base.store(), base.custody(), site, base.clock(), base.ids(), log);
        return new JournalWing(
                checkpoints,
                new Retention(base.store(), base.clock(), base.ids(), checkpoints, base.editor(), base.writes()),
                new ExportWriter(JournalSource.of(base.store()), checkpoints, base.clock()),
                new JournalSearch(base.store(), base.clock()),
                text -> SiteSignature.over(text, base.custody(), site));
    }
}
