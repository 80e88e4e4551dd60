package io.panocrypt.testkit.race;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Two nodes of a service on the store under test. */
final class RacingService implements AutoCloseable {
    static final Actor OPERATOR = Actor.HOST;

    final MutableClock clock;
    final Panocrypt here;
    final Panocrypt there;
    private final MasterKey master;
    private final AtomicInteger numbers = new AtomicInteger();

    /** Without a second node both services share the fixture's only node. */
    RacingService(StoreFixture fixture, MutableClock clock) throws Exception {
        this.clock = clock;
        SecureRandom random = new SecureRandom();
        this.master = masterKey(random);
        SealedKeyCustody custody = new SealedKeyCustody(master, new JcaEngine(random), random);
        DecisionStore other = fixture.anotherNode().orElse(fixture.decisions());
        PolicyStore otherPolicies = other instanceof PolicyStore both ? both : fixture.policies();
        this.here = open(new ForwardingStore(fixture.policies(), fixture.decisions()), custody);
        this.there = open(new ForwardingStore(otherPolicies, other), custody);
    }

    private static MasterKey masterKey(SecureRandom random) throws IOException {
        Path folder = Files.createTempDirectory("panocrypt-race");
        Path file = folder.resolve("master-key");
        MasterKey made = MasterKey.create(file, random);
        Files.delete(file);
        Files.delete(folder);
        return made;
    }

    private Panocrypt open(ForwardingStore store, SealedKeyCustody custody) {
        return Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(TestTimeout.MAX)
                .limits(TestTimeout.SERVICE)
                .build();
    }

    /** A unique name. */
    String fresh(String prefix) {
        return prefix + "-" + numbers.incrementAndGet();
    }

    Member approver(String prefix) {
        return member(prefix, Role.APPROVER);
    }

    Member member(String prefix, Role role) {
        return here.members()
                .create(OPERATOR, new MemberChange(fresh(prefix), role, null), null)
                .member();
    }

    @Override
    public void close() {
        here.close();
        there.close();
        master.close();
    }
}
