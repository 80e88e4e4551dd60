package io.panocrypt.testkit.clock;

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
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Two nodes on one store, each with its own clock: one is right, the other jumps. One device needs an allowance at each
 * boot, another an approval.
 */
final class ClockSite {
    static final Actor OPERATOR = Actor.HOST;
    static final Instant START = Instant.parse("2026-10-25T00:30:00.123Z");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final IpAddress HOME = IpAddress.parse("10.0.0.1");

    /** A node: its service, its clock, and the clock of its store. */
    record Node(Panocrypt service, MutableClock clock, MutableClock store) {
        Instant storeTime() {
            return store.instant();
        }
    }

    final Node right;
    final Node jumping;
    final Device allowed;
    final Device approved;
    private final Member approver;
    private final MasterKey master;
    private final List<Runnable> open = new ArrayList<>();

    /** A node's view of a store that all nodes share. */
    interface Stores {
        /** The clock that the store uses for a node with this clock. */
        MutableClock storeClock(MutableClock nodes);

        /** Passes a new view of the store to {@code use}, together with how to close it. */
        <T> T open(String node, MutableClock nodes, Function<Opened, T> use);
    }

    /** A store, and how to close it. */
    record Opened(Store store, Runnable end) {
        Panocrypt build(Panocrypt.Builder builder) {
            return builder.store(store).build();
        }
    }

    ClockSite(Stores stores) throws IOException {
        master = TemporaryMasterKey.create(RANDOM);
        KeyCustody custody = new SealedKeyCustody(master, new JcaEngine(RANDOM), RANDOM);
        right = node(stores, "node-a", custody);
        jumping = node(stores, "node-b", custody);
        approver = right.service()
                .members()
                .create(OPERATOR, new MemberChange("ada", Role.APPROVER, List.of()), null)
                .member();
        right.service()
                .approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(approver.id()), 1));
        DeviceChange wanted = DeviceChange.none().withCurve(Curve.P_256);
        allowed = right.service()
                .devices()
                .create(OPERATOR, wanted.withName("allowed").withSources("203.0.113.0/28"));
        approved = right.service()
                .devices()
                .create(
                        OPERATOR,
                        wanted.withName("approved").withSources("10.0.0.0/16").withTags("prod"));
    }

    private Node node(Stores stores, String name, KeyCustody custody) {
        MutableClock clock = new MutableClock(START);
        Panocrypt.Builder builder = Panocrypt.builder()
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .noticeInterval(Duration.ZERO);
        return stores.open(name, clock, opened -> {
            open.add(0, opened.end());
            Panocrypt service = opened.build(builder);
            open.add(0, service::close);
            return new Node(service, clock, stores.storeClock(clock));
        });
    }

    /** Advances all clocks. */
    void pass(Duration time, Set<MutableClock> clocks) {
        clocks.forEach(clock -> clock.advance(time));
    }

    /** Sets how far the other node's clock is ahead of the right one. */
    void jump(Duration ahead) {
        jumping.clock().set(right.clock().instant().plus(ahead));
    }

    Allowance allow(Node node, int uses, Duration life) {
        AllowanceRequest wanted = AllowanceRequest.defaults()
                .withUses(uses)
                .withExpiresIn(life)
                .withAnySource()
                .withSkips(AllowanceSkip.SOURCE);
        return node.service().allowances().grant(OPERATOR, allowed.id(), wanted);
    }

    /** Approves the pending request, if the node sees one. */
    Optional<ApprovalRequest> approve(Node node) {
        return node.service().approvals().list(ApprovalRequest.State.PENDING, null, 10).items().stream()
                .findFirst()
                .map(request -> node.service().approvals().approve(approver, request.id(), "", List.of()));
    }

    static boolean answers(Node node, Device device) {
        String kid = device.advertised().get(0).exchange().kid();
        try {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
            UnlockAttempt attempt = new UnlockAttempt(device.token(), kid, request, Optional.of(HOME));
            return node.service().unlock(attempt) instanceof UnlockResult.Answered;
        } catch (RecoveryRequestException e) {
            throw new IllegalArgumentException(e);
        }
    }

    void close() {
        open.forEach(Runnable::run);
        master.close();
    }
}
