package io.panocrypt.testkit.race;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.internal.custody.TemporaryMasterKey;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
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
        this.master = TemporaryMasterKey.create(random);
        SealedKeyCustody custody = new SealedKeyCustody(master, new JcaEngine(random), random);
        this.here = open(fixture.store(), custody);
        this.there = open(fixture.anotherNode().orElse(fixture.store()), custody);
    }

    private Panocrypt open(Store store, SealedKeyCustody custody) {
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
