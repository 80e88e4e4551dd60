package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A member's authority ends after authentication, and before the edit is committed. */
class ActingMemberTest {
    private final OperatorActs site = new OperatorActs();
    private final Members members = site.service.members();
    /** Another node on the same store. */
    private final Members elsewhere = site.house.service.members();

    private final Member mallory = site.mallory;

    @AfterEach
    void close() {
        site.close();
    }

    static Stream<String> acts() {
        return OperatorActs.names().stream();
    }

    private static void assertRefused(Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
    }

    private long acted(String member) {
        return site.service.history().audit(null, 1000).items().stream()
                .filter(entry -> entry.actor().equals(member))
                .count();
    }

    @Test
    void knowsEveryActThatThereIs() {
        // A read or a test of a notifier changes nothing, and history belongs to the host.
        Set<String> others = Set.of(
                "Contacts.test",
                "Webhooks.test",
                "History.cutBefore",
                "Devices.get",
                "Passkeys.registrationChallenge",
                "Approvals.statement",
                "Approvals.ballot",
                "Sessions.list");
        Set<String> known = new TreeSet<>(OperatorActs.names());
        known.addAll(others);
        assertEquals(OperatorActs.methods(), known);
    }

    /** Otherwise an application could act as a member without the token that the commit compares. */
    @Test
    void isMadeOfNoIdAlone() {
        assertEquals(0, Actor.class.getConstructors().length);
        List<Class<?>> sources = Stream.of(Actor.class.getMethods())
                .filter(method -> method.getReturnType() == Actor.class)
                .flatMap(method -> Stream.of(method.getParameterTypes()))
                .toList();
        assertEquals(Set.of(Member.class, EnrollmentKey.class, ExternalIdentity.class), Set.copyOf(sources));
        assertEquals(
                "directory/corp", Actor.of(new ExternalIdentity("corp", "ada")).id(), "no member's id has a slash");
    }

    @ParameterizedTest
    @MethodSource("acts")
    void doesItWhileNothingHasEnded(String act) {
        assertDoesNotThrow(() -> site.act(act, mallory));
        assertTrue(acted(mallory.id()) > 0);
    }

    @ParameterizedTest
    @MethodSource("acts")
    void commitsNothingOnceTheMemberIsRemoved(String act) {
        site.store.meanwhile(() -> elsewhere.delete(Actor.HOST, mallory.id(), true));
        assertRefused(Kind.UNAUTHENTICATED, () -> site.act(act, mallory));
        assertEquals(0, acted(mallory.id()));
        assertEquals(
                "member.delete",
                site.service.history().audit(null, 1).items().get(0).action());
    }

    @ParameterizedTest
    @MethodSource("acts")
    void commitsNothingOnceTheTokenIsAnother(String act) {
        site.store.meanwhile(() -> elsewhere.rotateToken(Actor.HOST, mallory.id(), null));
        assertRefused(Kind.UNAUTHENTICATED, () -> site.act(act, mallory));
        assertEquals(0, acted(mallory.id()));
    }

    @ParameterizedTest
    @MethodSource("acts")
    void commitsNothingOnceTheRoleIsLess(String act) {
        site.store.meanwhile(() -> edit(new MemberChange(null, Role.APPROVER, null)));
        assertRefused(Kind.FORBIDDEN, () -> site.act(act, mallory));
        assertEquals(0, acted(mallory.id()));
    }

    @ParameterizedTest
    @MethodSource("acts")
    void commitsNothingOnceTheTokenHasExpired(String act) {
        Member shortLived = members.rotateToken(Actor.HOST, mallory.id(), Duration.ofMinutes(1))
                .member();
        site.house.clock.advance(Duration.ofMinutes(1));
        assertRefused(Kind.UNAUTHENTICATED, () -> site.act(act, shortLived));
        assertEquals(0, acted(mallory.id()));
    }

    private void edit(MemberChange change) {
        elsewhere.edit(Actor.HOST, mallory.id(), elsewhere.get(mallory.id()).version(), change);
    }

    /** A change of a contact ends no authority, but an edit of that version of the record is stale. */
    @ParameterizedTest
    @MethodSource("acts")
    void isHeldUpByNoHarmlessChange(String act) {
        site.store.meanwhile(() -> elsewhere.addContact(Actor.HOST, mallory.id(), "mailto:b@example.org"));
        if (act.equals("Members.edit")) {
            assertRefused(Kind.STALE, () -> site.act(act, mallory));
            return;
        }
        assertDoesNotThrow(() -> site.act(act, mallory));
        assertTrue(acted(mallory.id()) > 0);
    }

    @Test
    void isNotReadAgainWhereNothingHasChanged() {
        int before = site.store.membersRead;
        site.act("Lockdowns.lift", mallory);
        assertEquals(before, site.store.membersRead);
    }

    @Test
    void isHeldUpByNoHigherRole() {
        Member viewer = members.create(Actor.HOST, new MemberChange("val", Role.VIEWER, null), null)
                .member();
        site.store.meanwhile(
                () -> elsewhere.edit(Actor.HOST, viewer.id(), 1, new MemberChange(null, Role.ADMIN, null)));
        assertDoesNotThrow(() -> site.act("Lockdowns.start", viewer));
    }

    @Test
    void keepsHistoryForTheHost() {
        Instant old = site.house.clock.instant().minus(Duration.ofDays(5));
        assertRefused(Kind.FORBIDDEN, () -> site.service.history().cutBefore(Actor.of(mallory), old));
    }

    /** Votes that were cast before a disable must not count after it, even if the disabling member has lost authority. */
    @Test
    void carriesThroughWhatItHasBegun() {
        Device device = site.service.devices().byName("web-1").orElseThrow();
        StoreWrite[] first = new StoreWrite[1];
        ForwardingStore store = new ActStore(site.house.memory) {
            @Override
            protected WriteResult edit(StoreWrite edit) {
                WriteResult result = super.edit(edit);
                if (first[0] == null) {
                    first[0] = edit;
                    elsewhere.delete(Actor.HOST, mallory.id(), true);
                }
                return result;
            }
        };
        try (Panocrypt other = site.house.open(store, site.house.custody)) {
            other.devices().disable(Actor.of(mallory), device.id());
        }
        assertEquals(
                List.of(),
                site.service
                        .approvals()
                        .list(ApprovalRequest.State.PENDING, null, 10)
                        .items());
        assertEquals(1, acted(mallory.id()), "the disable, before the removal");
    }

    @Nested
    class FirstAdministrator {
        /** An id is never reused after a removal, so no version of the old record comes back. */
        @Test
        void whoIsMadeAgainIsAnother() {
            Members.Issued former = reissued();
            members.delete(Actor.HOST, former.member().id());
            String recovered = members.replaceAdministratorToken();
            Member now = members.authenticate(recovered).orElseThrow();
            assertEquals(Role.ADMIN, now.role());
            assertRefused(Kind.UNAUTHENTICATED, () -> site.act("Lockdowns.start", former.member()));
        }

        private Members.Issued reissued() {
            Member first =
                    members.authenticate(members.replaceAdministratorToken()).orElseThrow();
            return members.rotateToken(Actor.HOST, first.id(), null);
        }

        @Test
        void isRecoveredThoughItIsNoAdministratorAnyMore() {
            Member first = reissued().member();
            members.edit(Actor.HOST, first.id(), first.version(), new MemberChange("other", Role.VIEWER, null));
            Member now =
                    members.authenticate(members.replaceAdministratorToken()).orElseThrow();
            assertEquals(first.id(), now.id());
            assertEquals(Role.ADMIN, now.role());
        }

        @Test
        void isRecoveredThoughItsNameIsTaken() {
            members.delete(Actor.HOST, reissued().member().id());
            members.create(Actor.HOST, new MemberChange("administrator", Role.ADMIN, null), null);
            assertTrue(members.authenticate(members.replaceAdministratorToken()).isPresent());
            assertEquals(Optional.empty(), members.createFirstAdministrator());
        }
    }

    @Nested
    class Edits {
        /** Constant token rotations must not keep an administrator from changing the member. */
        @Test
        void arePossibleThoughTheTokenWasRotatedSince() {
            long seen = mallory.version();
            members.rotateToken(Actor.HOST, mallory.id(), null);
            Member after =
                    members.edit(Actor.HOST, mallory.id(), seen, new MemberChange(null, Role.VIEWER, null), true);
            assertEquals(Role.VIEWER, after.role());
            assertRefused(
                    Kind.STALE,
                    () -> members.edit(Actor.HOST, mallory.id(), seen, new MemberChange(null, Role.ADMIN, null)));
        }

        @Test
        void ofAVersionThatIsNotThereYetAreStale() {
            long ahead = mallory.version() + 1;
            MemberChange change = new MemberChange(null, Role.VIEWER, null);
            assertRefused(Kind.STALE, () -> members.edit(Actor.HOST, mallory.id(), ahead, change));
        }
    }
}
