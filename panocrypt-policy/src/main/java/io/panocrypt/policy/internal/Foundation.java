package io.panocrypt.policy.internal;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.masterkey.SiteCustody;
import io.panocrypt.policy.internal.outbox.WakeUp;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.spi.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * What all wings of a service share. Creating it neither reads nor writes the store.
 *
 * @param custody the site's own, one of the custodies
 * @param clock in whole milliseconds, as times are stored
 * @param writes repeats a commit whose outcome is unknown
 * @param firstWrites repeats the first writes of a new site, for longer
 */
public record Foundation(
        ResilientStore store,
        KeyCustody custody,
        Custodies custodies,
        InstantSource clock,
        SecureRandom random,
        IdGenerator ids,
        WakeUp wakeUp,
        OutboxEntries events,
        AlarmDeduplicator alarms,
        PolicyEditor editor,
        PolicyCache policy,
        RetryingWriter writes,
        RetryingWriter firstWrites) {

    /**
     * The settings that all wings need.
     *
     * @param notifies whether there is a notifier
     * @param storeTimeout limit for one store call that a request waits for
     * @param commitTimeout limit for a commit with unknown outcome, including its repetitions
     * @param startTimeout limit for a first write of a new site, including its repetitions
     */
    public record Settings(
            Store store,
            Custodies custodies,
            InstantSource clock,
            SecureRandom random,
            boolean notifies,
            Duration storeTimeout,
            Duration commitTimeout,
            Duration startTimeout) {}

    public static Foundation of(Settings settings) {
        ResilientStore store = new ResilientStore(settings.store(), settings.storeTimeout(), System::nanoTime);
        InstantSource clock = () -> settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        IdGenerator ids = new IdGenerator(clock, settings.random());
        WakeUp wakeUp = new WakeUp();
        OutboxEntries events = new OutboxEntries(settings.notifies(), ids, wakeUp);
        KeyCustody site = new SiteCustody(settings.custodies().get(SealedKeys.SITE), store);
        return new Foundation(
                store,
                site,
                settings.custodies().withSite(site),
                clock,
                settings.random(),
                ids,
                wakeUp,
                events,
                new AlarmDeduplicator(),
                new PolicyEditor(store, clock, ids, events),
                new PolicyCache(store, settings.storeTimeout()),
                new RetryingWriter(settings.commitTimeout()),
                new RetryingWriter(settings.startTimeout(), System.Logger.Level.WARNING));
    }
}
