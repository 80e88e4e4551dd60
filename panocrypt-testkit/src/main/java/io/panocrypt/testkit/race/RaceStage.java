package io.panocrypt.testkit.race;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The device of a race, with its own tag, network access list, approval group and approvers. */
final class RaceStage {
    static final int VOLUMES = 32;
    private static final IpAddress SOURCE = IpAddress.parse("10.0.0.1");

    final RacingService service;
    final Device device;
    final String tag;
    final NetworkAccessList list;
    final Member alice;
    final Member bob;
    final Member carol;
    private final UnlockAttempt attempt;
    private final int volumes;
    private @Nullable ApprovalGroup group;
    private volatile int granted;

    RaceStage(RacingService service, int volumes) {
        this.service = service;
        this.volumes = volumes;
        this.tag = service.fresh("race");
        this.alice = service.approver("alice");
        this.bob = service.approver("bob");
        this.carol = service.approver("carol");
        this.list = service.here
                .networkAccessLists()
                .create(RacingService.OPERATOR, tag, List.of(Cidr.parse("10.0.0.0/24")), false);
        this.device = service.here
                .devices()
                .create(
                        RacingService.OPERATOR,
                        DeviceChange.none()
                                .withName(tag)
                                .withTags(tag)
                                .withNetworkAccessLists(list.id())
                                .withVolumes(volumes)
                                .withCurve(Curve.P_256));
        this.attempt = new UnlockAttempt(
                device.token(), device.advertised().get(0).exchange().kid(), generator(), Optional.of(SOURCE));
    }

    private static RecoveryRequest generator() {
        try {
            return RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same stage with an approval by {@code quorum} of Alice, Bob and Carol. */
    RaceStage withApproval(int quorum) {
        granted = volumes;
        group = service.here
                .approvalGroups()
                .create(
                        RacingService.OPERATOR,
                        new ApprovalGroups.Change(tag, Set.of(tag), Set.of(alice.id(), bob.id(), carol.id()), quorum));
        return this;
    }

    ApprovalGroup group() {
        if (group == null) {
            throw new IllegalStateException("no approval is needed on this stage");
        }
        return group;
    }

    /** The same stage with {@code number} allowances of {@code uses} uses each, created before the race. */
    RaceStage withAllowances(int number, int uses) {
        for (int i = 0; i < number; i++) {
            allow(uses);
        }
        granted = number * uses;
        return this;
    }

    void allow(int uses) {
        service.here
                .allowances()
                .grant(
                        RacingService.OPERATOR,
                        device.id(),
                        AllowanceRequest.defaults().withUses(uses));
    }

    /** The number of uses granted before the race; 0 if no grant is needed. */
    int granted() {
        return granted;
    }

    Panocrypt node(int asker) {
        return asker % 2 == 0 ? service.here : service.there;
    }

    UnlockResult ask(int asker) {
        return node(asker).unlock(attempt);
    }

    /** Asks until no more attempts are answered, or far too many are. Returns the number of answers. */
    int drain() {
        int answers = 0;
        while (answers <= 2 * VOLUMES && ask(answers) instanceof UnlockResult.Answered) {
            answers++;
        }
        return answers;
    }

    /** The id of the pending request. If there is none, an attempt opens one. */
    String waiting() {
        ask(0);
        return service.here.approvals().list(ApprovalRequest.State.PENDING, null, 1000).items().stream()
                .filter(request -> request.deviceId().equals(device.id()))
                .map(ApprovalRequest::id)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no request waits"));
    }

    void approve(Panocrypt node, Member voter, String request) {
        node.approvals().approve(voter, request, "", List.of());
    }

    int answersInHistory() {
        int answers = 0;
        Optional<String> cursor = Optional.empty();
        do {
            Page<UnlockRecord> page = service.here.history().unlocks(device.id(), cursor.orElse(null), 1000);
            answers += (int) page.items().stream()
                    .filter(row -> row.outcome() == Outcome.ALLOWED)
                    .count();
            cursor = page.nextCursor();
        } while (cursor.isPresent());
        return answers;
    }
}
