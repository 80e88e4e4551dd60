package io.panocrypt.testkit.notices;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.internal.custody.TemporaryMasterKey;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A service for notification tests: a manual clock, a custody, scripted notifiers, and short names. */
final class NoticeHouse implements AutoCloseable {
    static final Actor OPERATOR = Actor.HOST;
    static final String HOME = "10.0.0.1";
    private static final SecureRandom RANDOM = new SecureRandom();

    final MutableClock clock = new MutableClock(Instant.parse("2026-03-29T01:00:00.123Z"));
    final ScriptedNotifier notifier = new ScriptedNotifier("test");
    final ScriptedNotifier webhooks = new ScriptedNotifier("hook");
    private final MasterKey master;
    private final KeyCustody custody;

    NoticeHouse() throws IOException {
        master = TemporaryMasterKey.create(RANDOM);
        custody = new SealedKeyCustody(master, new JcaEngine(RANDOM), RANDOM);
    }

    /** A node that sends notices only on request. */
    Panocrypt node(Store store, UnaryOperator<Panocrypt.Builder> more) {
        return more.apply(Panocrypt.builder()
                        .store(store)
                        .custody(custody)
                        .publicUrl(URI.create("http://192.0.2.80:8080"))
                        .linkBase(URI.create("https://admin.example.org"))
                        .clock(clock)
                        .checkpointInterval(Duration.ZERO)
                        .limits(TestTimeout.SERVICE)
                        .noticeInterval(Duration.ZERO))
                .build();
    }

    Panocrypt node(Store store) {
        return node(store, builder -> builder.notifier(notifier).webhookNotifier(secrets -> webhooks));
    }

    static Member member(Panocrypt service, String name, Role role) {
        return service.members()
                .create(OPERATOR, new MemberChange(name, role, List.of("test:" + name)), null)
                .member();
    }

    static ApprovalGroup group(Panocrypt service, String tag, Member... approvers) {
        return service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change(tag, Set.of(tag), ids(approvers), 1));
    }

    static Set<String> ids(Member... members) {
        return Arrays.stream(members).map(Member::id).collect(Collectors.toSet());
    }

    static Device device(Panocrypt service, String name, String... tags) {
        return service.devices()
                .create(
                        OPERATOR,
                        DeviceChange.none()
                                .withName(name)
                                .withSources("10.0.0.0/16", "2001:db8::/48")
                                .withTags(tags)
                                .withCurve(Curve.P_256));
    }

    static UnlockResult ask(Panocrypt service, Device device, String source) {
        String kid = device.advertised().get(0).exchange().kid();
        try {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
            return service.unlock(
                    new UnlockAttempt(device.token(), kid, request, Optional.of(IpAddress.parse(source))));
        } catch (RecoveryRequestException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The only pending request. */
    static ApprovalRequest waiting(Panocrypt service) {
        List<ApprovalRequest> pending = service.approvals()
                .list(ApprovalRequest.State.PENDING, null, 10)
                .items();
        if (pending.size() != 1) {
            throw new AssertionError(pending.size() + " requests wait");
        }
        return pending.get(0);
    }

    /** Advances the time in steps and sends due notices after each, including postponed and retried ones. */
    void deliverFor(Panocrypt service, Duration time, Duration step) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            service.outbox().workOff();
            clock.advance(step);
        }
        service.outbox().workOff();
    }

    @Override
    public void close() {
        master.close();
    }
}
