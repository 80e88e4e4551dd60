package io.panocrypt.testkit.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Role;
import io.panocrypt.testkit.store.StoreFixture;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RuleNames;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What a service must do on every store when people act while machines ask, on two nodes at once. Extend it and open
 * your store; each test's display name begins with its rule.
 *
 * <table> <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>R1, R2</td><td>an allowance, and an approval, of n uses is answered exactly n times</td></tr>
 * <tr><td>R3, R4, R5</td><td>no attempt is answered that began after a disable, a revoke, a lockdown, an edit, a cancel
 * or an expiry had returned, whether the answer needed no grant, an allowance or an approval; nor is a decision
 * committed</td></tr>
 * <tr><td>R6</td><td>a denial ends what its request was approved for</td></tr>
 * <tr><td>R7</td><td>an approval that meets a disable, a revoke, a lockdown or a denial gives nothing
 * afterwards</td></tr>
 * <tr><td>R8</td><td>approvers who approve at the same moment open one window</td></tr>
 * <tr><td>R9, R10</td><td>a quorum does not count votes of removed members, and grants nothing if there is a denial</td></tr>
 * <tr><td>R11</td><td>nothing that a member does is committed once its removal, or a rotation of its token, has
 * returned</td></tr>
 * <tr><td>R12</td><td>of concurrent rotations of one token one succeeds</td></tr>
 * <tr><td>R13, R14</td><td>constant changes of a member keep neither the host from replacing its token nor an
 * administrator from removing it</td></tr>
 * </table>
 *
 * <p>Always: every answer is recorded in the history, and there are no more answers than grants. Without a second node
 * in the fixture, two services share the only node. On a fast store the log contains warnings that policy kept changing
 * during a decision: people edit without a pause here, and such an attempt is refused.
 */
@ExtendWith(RuleNames.class)
@SuppressWarnings("exports") // only JUnit uses the extension
public abstract class ServiceRaceContract {
    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");
    private static final int FEW_VOLUMES = 3;
    private static final int ALLOWANCES = 4;
    private static final int USES = 32;

    private final MutableClock clock = new MutableClock(START);
    private @Nullable StoreFixture fixture;
    private @Nullable RacingService opened;

    /** Called by subclasses. */
    protected ServiceRaceContract() {}

    /**
     * Opens an empty store that no other test uses.
     *
     * @param clock the clock for the store, unless it has a better source of time
     */
    protected abstract StoreFixture open(MutableClock clock) throws Exception;

    /** The number of rounds of each race; 1 unless overridden. */
    protected int rounds() {
        return 1;
    }

    @BeforeEach
    final void openService() throws Exception {
        StoreFixture store = open(clock);
        fixture = store;
        opened = new RacingService(store, clock);
    }

    @AfterEach
    final void closeService() throws Exception {
        StoreFixture store = fixture;
        RacingService service = opened;
        if (store != null && service != null) {
            try (store;
                    service) {
                assertTrue(service.here.history().verify().intact(), "the history is not intact");
            }
        }
    }

    private RacingService service() {
        if (opened == null) {
            throw new IllegalStateException("no service is open");
        }
        return opened;
    }

    private RaceStage stage(int volumes) {
        return new RaceStage(service(), volumes);
    }

    /** One round of a race, on its own stage. */
    private interface Round {
        void run() throws Exception;
    }

    private void each(Round round) throws Exception {
        for (int i = 0; i < rounds(); i++) {
            round.run();
        }
    }

    private void assumeTimeIsGiven(RaceEnding ending) {
        assumeTrue(!ending.isTime() || fixture == null || fixture.followsClock(), "the store has a clock of its own");
    }

    /** Ends the grants on one node; nothing may be answered afterwards on any node. */
    private Race.Result end(RaceStage stage, RaceEnding ending, Runnable... others) throws Exception {
        Race.Result result = Race.run(stage, () -> ending.act(service().there, stage), others);
        if (!ending.isTime()) {
            assertEquals(0, result.lateRows(), "answers committed after the act had returned");
        }
        assertEnds(stage, result);
        return result;
    }

    private static void assertEnds(RaceStage stage, Race.Result result) {
        assertEquals(Optional.empty(), result.refusals().get(0), "the act that should end it was refused");
        assertEquals(0, result.lateAnswers(), "answers to attempts that began after the act had returned");
        assertEquals(result.answers(), stage.answersInHistory(), "answers and their rows");
    }

    private static void assertAtMost(int granted, Race.Result result) {
        assertTrue(result.answers() <= granted, () -> result.answers() + " answers, granted " + granted);
    }

    private static void assertExact(int granted, RaceStage stage, Race.Result result) {
        int rest = stage.drain();
        assertEquals(granted, result.answers() + rest, "answers");
        assertEquals(granted, stage.answersInHistory(), "rows");
    }

    @Test
    @DisplayName("R1 allowances are answered exactly as often as they say")
    void answersAllowancesExactly() throws Exception {
        each(() -> {
            RaceStage stage = stage(1);
            service().here.devices().disable(RacingService.OPERATOR, stage.device.id());
            Race.Result result = Race.run(stage, () -> stage.allow(3), () -> stage.allow(2));
            assertExact(5, stage, result);
        });
    }

    @Test
    @DisplayName("R2 an approval is answered exactly as often as the device has volumes")
    void answersAnApprovalExactly() throws Exception {
        each(() -> {
            RaceStage stage = stage(FEW_VOLUMES).withApproval(1);
            String request = stage.waiting();
            Race.Result result = Race.run(stage, () -> stage.approve(service().there, stage.alice, request));
            assertExact(FEW_VOLUMES, stage, result);
        });
    }

    @ParameterizedTest(name = "R3 {0}")
    @DisplayName("R3 an attempt that needs no grant is not answered once it is forbidden")
    @EnumSource(
            names = {
                "DISABLE",
                "REVOKE",
                "LOCKDOWN",
                "LOCKDOWN_BY_TAG",
                "DENY_THE_DEVICE",
                "EDIT_THE_LIST",
                "EDIT_THE_DEVICE",
                "REQUIRE_APPROVAL"
            })
    void answersNothingOnceItIsForbidden(RaceEnding ending) throws Exception {
        each(() -> {
            RaceStage stage = stage(1);
            Race.Result result = end(stage, ending);
            assertNotEquals(0, result.answers(), "nothing was answered before either");
            if (ending == RaceEnding.LOCKDOWN) {
                ending.undo(stage);
            }
        });
    }

    @ParameterizedTest(name = "R4 {0}")
    @DisplayName("R4 no allowance is answered once it has ended")
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {
                "EDIT_THE_DEVICE",
                "REQUIRE_APPROVAL",
                "LET_THE_WINDOW_END",
                "REMOVE_THE_APPROVER",
                "DROP_THE_APPROVER_FROM_THE_GROUP",
                "RAISE_THE_QUORUM"
            })
    void answersNoAllowanceOnceItHasEnded(RaceEnding ending) throws Exception {
        assumeTimeIsGiven(ending);
        each(() -> {
            RaceStage stage = stage(1);
            service().here.devices().disable(RacingService.OPERATOR, stage.device.id());
            Race.Result result = end(stage.withAllowances(ALLOWANCES, USES), ending);
            assertAtMost(ALLOWANCES * USES, result);
            if (ending == RaceEnding.LOCKDOWN) {
                ending.undo(stage);
            }
        });
    }

    @ParameterizedTest(name = "R5 {0}")
    @DisplayName("R5 no approval is answered once it has ended")
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"REQUIRE_APPROVAL", "CANCEL_THE_ALLOWANCES", "LET_THE_ALLOWANCES_EXPIRE"})
    void answersNoApprovalOnceItHasEnded(RaceEnding ending) throws Exception {
        assumeTimeIsGiven(ending);
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(1);
            stage.approve(service().here, stage.alice, stage.waiting());
            Race.Result result = end(stage, ending);
            assertAtMost(RaceStage.VOLUMES, result);
            if (ending == RaceEnding.LOCKDOWN) {
                ending.undo(stage);
            }
        });
    }

    @Test
    @DisplayName("R6 no approval is answered once one approver has denied it")
    void answersNoApprovalOnceItIsDenied() throws Exception {
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(1);
            String request = stage.waiting();
            stage.approve(service().here, stage.alice, request);
            Race.Result result =
                    Race.run(stage, () -> service().there.approvals().deny(stage.bob, request, "", false));
            assertEquals(0, result.lateRows(), "answers committed after the denial had returned");
            assertEnds(stage, result);
            assertAtMost(RaceStage.VOLUMES, result);
        });
    }

    @ParameterizedTest(name = "R7 {0}")
    @DisplayName("R7 an approval that meets a disable, a revoke or a lockdown gives nothing afterwards")
    @EnumSource(names = {"DISABLE", "REVOKE", "LOCKDOWN", "LOCKDOWN_BY_TAG", "DENY_THE_DEVICE"})
    void givesNothingByAnApprovalThatMeetsItsEnd(RaceEnding ending) throws Exception {
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(1);
            String request = stage.waiting();
            Race.Result result = end(stage, ending, () -> stage.approve(service().here, stage.alice, request));
            assertAtMost(RaceStage.VOLUMES, result);
            ending.undo(stage);
            assertEquals(0, stage.drain(), "answers by an approval that had ended");
        });
    }

    @Test
    @DisplayName("R7 an approval that meets a denial gives nothing afterwards")
    void givesNothingByAnApprovalThatMeetsADenial() throws Exception {
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(1);
            String request = stage.waiting();
            Race.Result result = Race.run(
                    stage,
                    () -> service().there.approvals().deny(stage.bob, request, "", false),
                    () -> stage.approve(service().here, stage.alice, request));
            assertEquals(0, result.lateRows(), "answers committed after the denial had returned");
            assertEnds(stage, result);
            service().here.temporaryDenies().lift(RacingService.OPERATOR, stage.device.id());
            assertEquals(0, stage.drain(), "answers by an approval that was denied");
        });
    }

    @Test
    @DisplayName("R8 approvers who approve at the same moment open one window")
    void opensOneWindow() throws Exception {
        each(() -> {
            RaceStage stage = stage(FEW_VOLUMES).withApproval(1);
            String request = stage.waiting();
            Race.Result result = Race.run(
                    stage,
                    () -> stage.approve(service().here, stage.alice, request),
                    () -> stage.approve(service().there, stage.bob, request));
            assertEquals(1, result.refusals().stream().filter(Optional::isEmpty).count(), "who approved");
            assertTrue(result.refusals().contains(Optional.of(Kind.CONFLICT)), result::toString);
            assertExact(FEW_VOLUMES, stage, result);
        });
    }

    @Test
    @DisplayName("R8 the two of a quorum who approve at the same moment open one window")
    void opensOneWindowByAQuorum() throws Exception {
        each(() -> {
            RaceStage stage = stage(FEW_VOLUMES).withApproval(2);
            String request = stage.waiting();
            Race.Result result = Race.run(
                    stage,
                    () -> stage.approve(service().here, stage.alice, request),
                    () -> stage.approve(service().there, stage.bob, request));
            assertEquals(List.of(Optional.empty(), Optional.empty()), result.refusals());
            assertExact(FEW_VOLUMES, stage, result);
        });
    }

    @ParameterizedTest(name = "R9 {0}")
    @DisplayName("R9 a quorum does not count votes of removed members")
    @EnumSource(names = {"REMOVE_THE_APPROVER", "DROP_THE_APPROVER_FROM_THE_GROUP", "RAISE_THE_QUORUM"})
    void countsNoVoteOfWhoWasRemoved(RaceEnding ending) throws Exception {
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(2);
            String request = stage.waiting();
            stage.approve(service().here, stage.alice, request);
            Race.Result result = end(stage, ending, () -> stage.approve(service().here, stage.bob, request));
            assertAtMost(RaceStage.VOLUMES, result);
            assertEquals(Optional.empty(), result.refusals().get(1));
            stage.approve(service().there, stage.carol, request);
            assertNotEquals(0, stage.drain(), "the quorum is there now");
        });
    }

    @Test
    @DisplayName("R10 a quorum grants nothing if there is a denial")
    void givesNothingByAQuorumBesideADenial() throws Exception {
        each(() -> {
            RaceStage stage = stage(RaceStage.VOLUMES).withApproval(2);
            String request = stage.waiting();
            stage.approve(service().here, stage.alice, request);
            Race.Result result = Race.run(
                    stage,
                    () -> service().there.approvals().deny(stage.carol, request, "", false),
                    () -> stage.approve(service().here, stage.bob, request));
            assertEquals(0, result.lateRows(), "answers committed after the denial had returned");
            assertEnds(stage, result);
            service().here.temporaryDenies().lift(RacingService.OPERATOR, stage.device.id());
            assertEquals(0, stage.drain(), "answers by a quorum that was denied");
        });
    }

    /** An act on one node that ends a member's authority. */
    private interface AuthorityEnd {
        void act(Members members, Member member);
    }

    @Test
    @DisplayName("R11 nothing of a member is committed once its removal has returned")
    void commitsNothingOfAMemberOnceItIsRemoved() throws Exception {
        endsAuthority((members, member) -> members.delete(RacingService.OPERATOR, member.id()));
    }

    @Test
    @DisplayName("R11 nothing of a member is committed once its token was rotated")
    void commitsNothingOfAMemberOnceItsTokenIsRotated() throws Exception {
        endsAuthority((members, member) -> members.rotateToken(RacingService.OPERATOR, member.id(), null));
    }

    private void endsAuthority(AuthorityEnd end) throws Exception {
        each(() -> {
            RaceStage stage = stage(1);
            Thieves thieves = new Thieves(service());
            Member member = service().member("mallory", Role.APPROVER);
            AllowanceRequest wanted = AllowanceRequest.defaults();
            int[] acts = new int[1];
            thieves.race(node -> node.allowances().grant(Actor.of(member), stage.device.id(), wanted), () -> {
                end.act(service().there.members(), member);
                acts[0] = thieves.acts(member.id());
            });
            assertTrue(acts[0] > 0, "nothing was committed before either");
            assertEquals(acts[0], thieves.acts(member.id()), "what was committed after the end had returned");
        });
    }

    @Test
    @DisplayName("R12 of two concurrent rotations of one token one succeeds")
    void letsOneOfTwoRotate() throws Exception {
        each(() -> {
            Member member = service().member("mallory", Role.VIEWER);
            List<Callable<Optional<String>>> rotations = List.of(
                    () -> Thieves.rotate(service().here, member), () -> Thieves.rotate(service().there, member));
            List<String> tokens =
                    Parallel.run(rotations).stream().flatMap(Optional::stream).toList();
            assertEquals(1, tokens.size(), "tokens");
            assertTrue(service().here.members().authenticate(tokens.get(0)).isPresent());
        });
    }

    @Test
    @DisplayName("R13 constant rotations of a token do not keep the host from replacing it")
    void recoversAgainstWhoRotatesAllTheTime() throws Exception {
        each(() -> {
            Thieves thieves = new Thieves(service());
            Members members = service().there.members();
            AtomicReference<String> stolen = new AtomicReference<>(members.replaceAdministratorToken());
            AtomicReference<String> recovered = new AtomicReference<>("");
            thieves.race(
                    node -> stolen.set(Thieves.rotate(node, thieves.authenticated(Objects.requireNonNull(stolen.get())))
                            .orElseThrow(Thieves::ended)),
                    () -> {
                        recovered.set(members.replaceAdministratorToken());
                        assertTrue(
                                members.authenticate(Objects.requireNonNull(recovered.get()))
                                        .isPresent(),
                                "dead when it was given");
                    });
            assertTrue(
                    members.authenticate(Objects.requireNonNull(recovered.get()))
                            .isPresent(),
                    "dead afterwards");
            assertEquals(Optional.empty(), members.authenticate(Objects.requireNonNull(stolen.get())));
        });
    }

    @Test
    @DisplayName("R14 constant changes of a member do not keep an administrator from removing it")
    void removesWhoChangesItselfAllTheTime() throws Exception {
        boolean hasContacts = fixture != null && fixture.store().outbox().isPresent();
        assumeTrue(hasContacts, "the store keeps no outbox, so members have no contacts");
        each(() -> {
            Thieves thieves = new Thieves(service());
            Member member = service().member("mallory", Role.VIEWER);
            AtomicInteger numbers = new AtomicInteger();
            thieves.race(
                    node -> {
                        String contact = "mailto:" + numbers.incrementAndGet() + "@example.org";
                        node.members().addContact(Actor.of(member), member.id(), contact);
                        node.members().removeContact(Actor.of(member), member.id(), contact);
                    },
                    () -> service().there.members().delete(RacingService.OPERATOR, member.id()));
        });
    }
}
