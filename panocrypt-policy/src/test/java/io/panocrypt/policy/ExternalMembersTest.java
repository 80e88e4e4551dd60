package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members whom a directory outside signs in: they have no token, and their role is the directory's. */
class ExternalMembersTest {
    private static final ExternalIdentity EVA = new ExternalIdentity("corp", "eva@example.org");

    private final TestPeople site = new TestPeople();
    private final Members members = site.service.members();

    @AfterEach
    void close() {
        site.close();
    }

    private List<AuditRecord> audited() {
        return site.service.history().audit(null, 1000).items().stream()
                .filter(row -> row.actor().equals("directory/corp"))
                .toList();
    }

    @Nested
    class FirstSight {
        @Test
        void makesOneMember() {
            assertEquals(Optional.empty(), members.authenticate(EVA, Role.ADMIN));
            Member made = members.admit(EVA, Role.APPROVER);
            assertEquals(Optional.of(EVA), made.external());
            assertEquals(Role.APPROVER, made.role());
            assertEquals(Optional.of(made), members.authenticate(EVA, Role.APPROVER));
            assertEquals(made, members.admit(EVA, Role.APPROVER));
            assertEquals(made, members.get(made.id()));
            assertEquals(
                    List.of("member.create"),
                    audited().stream().map(AuditRecord::action).toList());
        }

        @Test
        void knowsUsersOfAnotherDirectoryApart() {
            Member eva = members.admit(EVA, Role.VIEWER);
            Member other = members.admit(new ExternalIdentity("lab", EVA.subject()), Role.ADMIN);
            assertNotEquals(eva.id(), other.id());
            assertEquals(Role.VIEWER, members.get(eva.id()).role());
        }

        @ParameterizedTest
        @CsvSource({
            "eva@example.org, eva-example.org",
            "'CN=Ada Lovelace,OU=Ops', cn-ada-lovelace-ou-ops",
            "..., member",
            "Ö, member",
            "administrator, member"
        })
        void makesANameOfTheSubject(String subject, String name) {
            assertEquals(
                    name,
                    members.admit(new ExternalIdentity("corp", subject), Role.VIEWER)
                            .name());
        }

        @Test
        void takesNobodysName() {
            Member first = members.admit(new ExternalIdentity("corp", "Alice"), Role.VIEWER);
            assertTrue(first.name().matches("alice-[a-z2-7]{6}"), first.name());
            assertEquals("alice", members.get(site.alice.id()).name());
            String longest = "a".repeat(256);
            members.admit(new ExternalIdentity("corp", longest), Role.VIEWER);
            assertEquals(
                    63,
                    members.admit(new ExternalIdentity("lab", longest), Role.VIEWER)
                            .name()
                            .length());
        }

        @Test
        void leavesTheFirstAdministratorsName() {
            members.admit(new ExternalIdentity("corp", "administrator"), Role.ADMIN);
            assertTrue(members.createFirstAdministrator().isPresent());
        }

        @Test
        void isOnceOnAllNodes() {
            Member[] elsewhere = new Member[1];
            ForwardingStore store = new ForwardingStore(site.house.memory) {
                @Override
                public WriteResult write(StoreWrite write) {
                    if (elsewhere[0] == null) {
                        elsewhere[0] = members.admit(EVA, Role.VIEWER);
                    }
                    return super.write(write);
                }
            };
            try (Panocrypt node = site.house.open(store, site.house.custody)) {
                Member here = node.members().admit(EVA, Role.VIEWER);
                assertEquals(elsewhere[0], here);
            }
            assertEquals(1, audited().size());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a\nb", "a\u0000b", "\ud800"})
        void refusesWhatIsNoName(String subject) {
            assertRefused(Kind.INVALID, () -> new ExternalIdentity("corp", subject));
            assertRefused(Kind.INVALID, () -> new ExternalIdentity("corp", "x".repeat(257)));
            assertRefused(Kind.INVALID, () -> new ExternalIdentity("corp:" + subject, "eva"));
        }
    }

    @Nested
    class RoleOf {
        @Test
        void isWhatTheDirectorySaysAtThisRequest() {
            Member before = members.admit(EVA, Role.VIEWER);
            Member after = members.authenticate(EVA, Role.ADMIN).orElseThrow();
            assertEquals(Role.ADMIN, after.role());
            assertEquals(before.version() + 1, after.version());
            assertEquals(after, members.get(before.id()));
            members.authenticate(EVA, Role.ADMIN);
            assertEquals(
                    List.of("member.edit", "member.create"),
                    audited().stream().map(AuditRecord::action).toList());
        }

        @Test
        void isNoOperatorsToChange() {
            Member eva = members.admit(EVA, Role.VIEWER);
            assertRefused(
                    Kind.CONFLICT,
                    () -> members.edit(Actor.HOST, eva.id(), 1, new MemberChange(null, Role.ADMIN, null)));
            assertEquals(
                    "eva",
                    members.edit(Actor.HOST, eva.id(), 1, new MemberChange("eva", Role.VIEWER, null))
                            .name());
        }

        /** The vote counts by the stored role, which is the one that the directory said last. */
        @Test
        void endsAVoteWhenItIsLess() {
            Member eva = members.admit(EVA, Role.APPROVER);
            site.group("ops", "prod", 1, eva);
            site.waits(TestService.HOME);
            site.approve(eva, TestService.HOME);
            members.authenticate(EVA, Role.VIEWER);
            site.refuses(Reason.NO_APPROVER, TestService.HOME);
            members.authenticate(EVA, Role.ADMIN);
            site.opens(TestService.HOME);
        }

        @Test
        void isCheckedAgainWhenAnActIsCommitted() {
            Member eva = members.admit(EVA, Role.ADMIN);
            members.authenticate(EVA, Role.APPROVER);
            assertRefused(
                    Kind.FORBIDDEN,
                    () -> site.service.lockdowns().start(Actor.of(eva), List.of(), "with a role that is gone"));
            Member now = members.get(eva.id());
            members.delete(Actor.HOST, eva.id(), true);
            assertRefused(
                    Kind.UNAUTHENTICATED,
                    () -> site.service.lockdowns().start(Actor.of(now), List.of(), "as somebody removed"));
        }
    }

    @Nested
    class WithoutToken {
        @Test
        void getsNone() {
            Member eva = members.admit(EVA, Role.ADMIN);
            assertRefused(Kind.CONFLICT, () -> members.rotateToken(Actor.of(eva), eva.id(), null));
            assertEquals(eva, members.get(eva.id()));
        }

        /** The directory may be gone some day, and then only a token lets somebody in. */
        @Test
        void isNotTheLastAdministrator() {
            String token = members.createFirstAdministrator().orElseThrow();
            Member first = members.authenticate(token).orElseThrow();
            Member eva = members.admit(EVA, Role.ADMIN);
            assertRefused(Kind.CONFLICT, () -> members.delete(Actor.of(eva), first.id()));
            assertRefused(
                    Kind.CONFLICT,
                    () -> members.edit(Actor.of(eva), first.id(), 1, new MemberChange(null, Role.VIEWER, null)));
            members.delete(Actor.of(first), eva.id());
            assertEquals(Optional.empty(), members.authenticate(EVA, Role.ADMIN));
        }

        @Test
        void isMadeByAnAdministratorToo() {
            Member eva = members.register(Actor.HOST, EVA, new MemberChange("eva", null, List.of()));
            assertEquals(Role.VIEWER, eva.role());
            assertEquals(
                    eva.id(),
                    members.authenticate(EVA, Role.APPROVER).orElseThrow().id());
            assertRefused(Kind.TAKEN, () -> members.register(Actor.HOST, EVA, new MemberChange("other", null, null)));
        }
    }
}
