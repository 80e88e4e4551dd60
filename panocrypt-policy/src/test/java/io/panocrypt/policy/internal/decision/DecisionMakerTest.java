package io.panocrypt.policy.internal.decision;

import static io.panocrypt.policy.internal.decision.RuleAnswer.Effect.ASK;
import static io.panocrypt.policy.internal.decision.RuleAnswer.Effect.DENY;
import static io.panocrypt.policy.internal.decision.RuleAnswer.Effect.FAIL;
import static io.panocrypt.policy.internal.decision.Views.NOW;
import static io.panocrypt.policy.internal.decision.Views.allowance;
import static io.panocrypt.policy.internal.decision.Views.from;
import static io.panocrypt.policy.internal.decision.Views.lasting;
import static io.panocrypt.policy.internal.decision.Views.used;
import static io.panocrypt.policy.model.AllowanceSkip.APPROVAL;
import static io.panocrypt.policy.model.AllowanceSkip.DISABLED;
import static io.panocrypt.policy.model.AllowanceSkip.RULE;
import static io.panocrypt.policy.model.AllowanceSkip.SOURCE;
import static io.panocrypt.policy.model.AllowanceSkip.TEMPORARY_DENY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionMakerTest {
    private static final String INSIDE = "10.1.2.3";
    private static final String OUTSIDE = "192.0.2.1";
    private static final Instant LATER = NOW.plusSeconds(1);
    private static final AllowanceSkip[] ALL = AllowanceSkip.values();

    private static void assertRefused(Reason reason, Decision decision) {
        assertEquals(Outcome.DENIED, decision.outcome());
        assertEquals(reason, decision.reason());
        assertEquals(Optional.empty(), decision.spends());
    }

    private static void assertAllowed(Decision decision) {
        assertEquals(Outcome.ALLOWED, decision.outcome());
        assertEquals(Reason.ALLOWED, decision.reason());
        assertEquals(Optional.empty(), decision.spends());
    }

    private static void assertSpends(String id, Decision decision) {
        assertEquals(Outcome.ALLOWED, decision.outcome());
        assertEquals(Reason.ALLOWED_ONCE, decision.reason());
        assertEquals(id, decision.spends().orElseThrow().id());
    }

    private static String gates(Decision decision) {
        StringBuilder text = new StringBuilder();
        assertEquals(List.of(Gate.values()), List.copyOf(decision.gates().keySet()));
        decision.gates().values().forEach(result -> text.append(result.name().charAt(0)));
        return text.toString();
    }

    @Nested
    class WithoutAllowance {
        /** Each case fails the named gate and all later ones; the first gives the reason. */
        static Stream<Arguments> order() {
            return Stream.of(
                    Arguments.of(broken().state(DeviceState.REVOKED), true, Reason.REVOKED, "FNNNNNN"),
                    Arguments.of(broken(), false, Reason.UNKNOWN_KEY, "FNNNNNN"),
                    Arguments.of(broken(), true, Reason.LOCKDOWN, "PFNNNNN"),
                    Arguments.of(unlocked(), true, Reason.TEMPORARY_DENY, "PPFNNNN"),
                    Arguments.of(undenied(), true, Reason.DISABLED, "PPPFNNN"),
                    Arguments.of(undenied().state(DeviceState.PENDING), true, Reason.PENDING_CONFIRMATION, "PPPFNNN"),
                    Arguments.of(undenied().state(DeviceState.ACTIVE), true, Reason.SOURCE_NOT_ALLOWED, "PPPPFNN"),
                    Arguments.of(admitted().rules(DENY), true, Reason.RULE, "PPPPPFN"),
                    Arguments.of(admitted().rules(FAIL), true, Reason.RULE_FAILED, "PPPPPFN"),
                    Arguments.of(admitted().rules(ASK), true, Reason.NO_APPROVER, "PPPPPPF"),
                    Arguments.of(
                            new Views().sources("192.0.2.0/24").requireApproval(),
                            true,
                            Reason.NO_APPROVER,
                            "PPPPPPF"));
        }

        private static Views admitted() {
            return new Views().sources("192.0.2.0/24").requireApproval();
        }

        private static Views undenied() {
            return new Views().state(DeviceState.DISABLED).rules(DENY).requireApproval();
        }

        private static Views unlocked() {
            return undenied().deny("", LATER);
        }

        private static Views broken() {
            return unlocked().lockdown();
        }

        @ParameterizedTest
        @MethodSource("order")
        void reportsFirstGateThatFails(Views views, boolean keyKnown, Reason reason, String gates) {
            Decision decision = keyKnown ? views.decide(OUTSIDE) : views.decideUnknownKey(OUTSIDE);
            assertRefused(reason, decision);
            assertEquals(gates, gates(decision));
        }

        @Test
        void allowsWhatNoGateRefuses() {
            Decision decision = new Views().decide(INSIDE);
            assertAllowed(decision);
            assertEquals("PPPPPPP", gates(decision));
        }

        @Test
        void prefersRevokedToUnknownKey() {
            assertRefused(Reason.REVOKED, new Views().state(DeviceState.REVOKED).decideUnknownKey(INSIDE));
        }
    }

    @Nested
    class SourceGate {
        @ParameterizedTest
        @CsvSource({
            "10.1.2.3, true",
            "::ffff:10.1.2.3, true",
            "11.0.0.1, false",
            "192.0.2.9, true",
            "192.0.3.9, false",
            "2001:db8::9, true",
            "2001:db9::9, false",
            "'', false",
        })
        void admitsUnionOfOwnBlocksAndLists(String source, boolean admitted) {
            Decision decision =
                    new Views().listed("192.0.2.0/24", "2001:db8::/32").decide(source);
            if (admitted) {
                assertAllowed(decision);
            } else {
                assertRefused(Reason.SOURCE_NOT_ALLOWED, decision);
            }
        }

        @Test
        void deniesEverythingWhenEmpty() {
            assertRefused(Reason.SOURCE_NOT_ALLOWED, new Views().sources().decide(INSIDE));
        }

        @Test
        void deniesUnknownSourceEvenWhereEveryAddressIsAdmitted() {
            assertRefused(
                    Reason.SOURCE_NOT_ALLOWED,
                    new Views().sources("0.0.0.0/0", "::/0").decide(""));
        }
    }

    @Nested
    class LockdownGate {
        @ParameterizedTest
        @CsvSource({"'', true", "a, true", "'a,b', true", "c, false", "'a,c', false"})
        void coversDevicesThatHaveAllItsTags(String tags, boolean covered) {
            String[] wanted = tags.isEmpty() ? new String[0] : tags.split(",");
            Decision decision = new Views().tags("a", "b").lockdown(wanted).decide(INSIDE);
            if (covered) {
                assertRefused(Reason.LOCKDOWN, decision);
            } else {
                assertAllowed(decision);
            }
        }
    }

    @Nested
    class TemporaryDenyGate {
        @ParameterizedTest
        @CsvSource({
            "10.1.2.3, 10.1.2.3, true",
            "10.1.2.3, ::ffff:10.1.2.3, true",
            "10.1.2.3, 10.1.2.4, false",
            "10.1.2.3, '', true",
            "'', 10.1.2.3, true",
            "'', '', true",
        })
        void refusesItsSource(String denied, String asking, boolean refused) {
            Reason reason = new Views().deny(denied, LATER).decide(asking).reason();
            assertEquals(refused, reason == Reason.TEMPORARY_DENY);
        }

        @ParameterizedTest
        @CsvSource({"1, true", "0, false", "-1, false"})
        void endsToTheMillisecond(long millis, boolean refused) {
            Decision decision = new Views().deny("", NOW.plusMillis(millis)).decide(INSIDE);
            assertEquals(refused ? Reason.TEMPORARY_DENY : Reason.ALLOWED, decision.reason());
        }
    }

    @Nested
    class OfRules {
        @Test
        void namesTheRule() {
            Decision decision = new Views().rules(DENY).decide(INSIDE);
            assertRefused(Reason.RULE, decision);
            assertEquals(Optional.of(new RuleFinding("night", "too late")), decision.rule());
        }

        @Test
        void asksAsTheDeviceItselfWould() {
            assertRefused(Reason.NO_APPROVER, new Views().rules(ASK).decide(INSIDE));
        }

        @Test
        void askNothingOfAnAllowanceThatSkipsThem() {
            Decision decision =
                    new Views().rules(ASK).allowance(allowance("a", RULE)).decide(INSIDE);
            assertSpends("a", decision);
            assertEquals("PPPPPSP", gates(decision));
        }

        @Test
        void areAnsweredByAnAllowanceThatSkipsTheApproval() {
            Decision decision =
                    new Views().rules(ASK).allowance(allowance("a", APPROVAL)).decide(INSIDE);
            assertSpends("a", decision);
            assertEquals("PPPPPPS", gates(decision));
        }

        @Test
        void doNotEndTheDevicesOwnNeed() {
            Decision decision = new Views()
                    .rules(ASK)
                    .requireApproval()
                    .allowance(allowance("a", RULE))
                    .decide(INSIDE);
            assertRefused(Reason.NO_APPROVER, decision);
            assertEquals("PPPPPPF", gates(decision));
        }
    }

    @Nested
    class WithAllowance {
        @ParameterizedTest
        @CsvSource({
            "DISABLED, PPPSPPP",
            "SOURCE, PPPPSPP",
            "TEMPORARY_DENY, PPSPPPP",
            "RULE, PPPPPSP",
            "APPROVAL, PPPPPPS",
        })
        void switchesOffExactlyTheGateItNames(AllowanceSkip skip, String gates) {
            Decision decision = failing(skip).allowance(allowance("a", skip)).decide(INSIDE);
            assertSpends("a", decision);
            assertEquals(gates, gates(decision));
            for (AllowanceSkip other : AllowanceSkip.values()) {
                if (other != skip) {
                    Decision refused =
                            failing(other).allowance(allowance("a", skip)).decide(INSIDE);
                    assertEquals(Outcome.DENIED, refused.outcome());
                    assertEquals(GateResult.FAIL, refused.gates().get(other.gate()));
                }
            }
        }

        private Views failing(AllowanceSkip skip) {
            return switch (skip) {
                case DISABLED -> new Views().state(DeviceState.DISABLED);
                case SOURCE -> new Views().sources();
                case TEMPORARY_DENY -> new Views().deny("", LATER);
                case RULE -> new Views().rules(DENY);
                case APPROVAL -> new Views().requireApproval();
            };
        }

        @Test
        void passesEveryGateThatOneAllowanceNames() {
            Decision decision = new Views()
                    .state(DeviceState.DISABLED)
                    .sources()
                    .deny("", LATER)
                    .rules(DENY)
                    .requireApproval()
                    .allowance(allowance("a", ALL))
                    .decide(INSIDE);
            assertSpends("a", decision);
            assertEquals("PPSSSSS", gates(decision));
        }

        @Test
        void isSpentEvenWhereItChangesNothing() {
            Decision decision = new Views().allowance(allowance("a", DISABLED)).decide(INSIDE);
            assertSpends("a", decision);
            assertEquals("PPPPPPP", gates(decision));
        }

        @Test
        void neverSkipsPending() {
            assertRefused(
                    Reason.PENDING_CONFIRMATION,
                    new Views()
                            .state(DeviceState.PENDING)
                            .allowance(allowance("a", ALL))
                            .decide(INSIDE));
        }

        @Test
        void neverSkipsLockdown() {
            assertRefused(
                    Reason.LOCKDOWN,
                    new Views().lockdown().allowance(allowance("a", ALL)).decide(INSIDE));
        }

        @Test
        void neverSkipsKey() {
            assertRefused(
                    Reason.UNKNOWN_KEY,
                    new Views().allowance(allowance("a", ALL)).decideUnknownKey(INSIDE));
            assertRefused(
                    Reason.REVOKED,
                    new Views()
                            .state(DeviceState.REVOKED)
                            .allowance(allowance("a", ALL))
                            .decide(INSIDE));
        }

        @ParameterizedTest
        @CsvSource({
            "192.0.2.0/24, 192.0.2.7, true",
            "192.0.2.0/24, ::ffff:192.0.2.7, true",
            "::ffff:192.0.2.0/120, 192.0.2.7, true",
            "192.0.2.0/24, 192.0.3.7, false",
            "0.0.0.0/0, 2001:db8::1, false",
            "192.0.2.0/24, '', false",
            "0.0.0.0/0, '', false",
        })
        void fitsItsSourceConstraintOnly(String block, String asking, boolean fits) {
            Decision decision = new Views()
                    .sources()
                    .allowance(from(allowance("a", SOURCE), block))
                    .decide(asking);
            if (fits) {
                assertSpends("a", decision);
            } else {
                assertRefused(Reason.SOURCE_NOT_ALLOWED, decision);
            }
        }

        @Test
        void servesUnknownSourceWhereAnySourceIsSkipped() {
            assertSpends("a", new Views().allowance(allowance("a", SOURCE)).decide(""));
        }

        @Test
        void isNoUseWithoutUses() {
            Decision decision = new Views()
                    .state(DeviceState.DISABLED)
                    .allowance(used(allowance("a", DISABLED)))
                    .decide(INSIDE);
            assertRefused(Reason.DISABLED, decision);
        }

        @ParameterizedTest
        @CsvSource({
            "-60000, 1, true",
            "-60000, 0, false",
            "-60000, -1, false",
            "0, 60000, true",
            "2000, 60000, true",
            "2001, 60000, false",
        })
        void isValidFromTwoSecondsBeforeItsCreationUntilJustBeforeItsExpiry(long created, long expires, boolean valid) {
            Decision decision = new Views()
                    .state(DeviceState.DISABLED)
                    .allowance(lasting(allowance("a", DISABLED), NOW.plusMillis(created), NOW.plusMillis(expires)))
                    .decide(INSIDE);
            assertEquals(valid ? Reason.ALLOWED_ONCE : Reason.DISABLED, decision.reason());
        }
    }

    @Nested
    class WithSeveralAllowances {
        @Test
        void neverUnitesThem() {
            Decision decision = new Views()
                    .state(DeviceState.DISABLED)
                    .sources()
                    .allowance(allowance("a", DISABLED))
                    .allowance(allowance("b", SOURCE))
                    .decide(INSIDE);
            assertRefused(Reason.SOURCE_NOT_ALLOWED, decision);
            assertEquals("PPPSFNN", gates(decision));
        }

        @ParameterizedTest
        @EnumSource(AllowanceSkip.class)
        void reportsTheGateThatTheFurthestGets(AllowanceSkip missing) {
            List<AllowanceSkip> rest = new ArrayList<>(List.of(AllowanceSkip.values()));
            rest.remove(missing);
            Decision decision = new Views()
                    .state(DeviceState.DISABLED)
                    .sources()
                    .deny("", LATER)
                    .rules(FAIL)
                    .requireApproval()
                    .allowance(allowance("a"))
                    .allowance(allowance("b", rest.toArray(AllowanceSkip[]::new)))
                    .allowance(allowance("c"))
                    .decide(INSIDE);
            assertEquals(Outcome.DENIED, decision.outcome());
            assertEquals(GateResult.FAIL, decision.gates().get(missing.gate()));
        }

        @Test
        void spendsTheOneThatExpiresFirst() {
            assertSpends(
                    "b",
                    new Views()
                            .allowance(lasting(allowance("a"), NOW.minusSeconds(9), NOW.plusSeconds(20)))
                            .allowance(lasting(allowance("b"), NOW.minusSeconds(5), NOW.plusSeconds(10)))
                            .allowance(lasting(allowance("c"), NOW.minusSeconds(7), NOW.plusSeconds(30)))
                            .decide(INSIDE));
        }

        @Test
        void spendsTheOldestOfThoseThatExpireTogether() {
            assertSpends(
                    "b",
                    new Views()
                            .allowance(lasting(allowance("a"), NOW.minusSeconds(5), NOW.plusSeconds(10)))
                            .allowance(lasting(allowance("b"), NOW.minusSeconds(9), NOW.plusSeconds(10)))
                            .decide(INSIDE));
        }

        @Test
        void passesOverThoseThatDoNotSuffice() {
            assertSpends(
                    "b",
                    new Views()
                            .state(DeviceState.DISABLED)
                            .allowance(lasting(allowance("a", SOURCE), NOW, NOW.plus(Duration.ofSeconds(1))))
                            .allowance(allowance("b", DISABLED, TEMPORARY_DENY, APPROVAL))
                            .decide(INSIDE));
        }
    }
}
