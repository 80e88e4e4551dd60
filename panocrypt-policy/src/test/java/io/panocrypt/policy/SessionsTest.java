package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.Session;
import io.panocrypt.policy.model.Session.SignIn;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private final TestService house = new TestService();
    private final Sessions sessions = house.service.sessions();
    private final Members.Issued issued =
            house.service.members().create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null);
    private final Member alice = issued.member();

    @AfterEach
    void close() {
        house.close();
    }

    private String begin() {
        return sessions.begin(alice, SignIn.TOKEN, "Firefox").token();
    }

    private List<PolicyRecord> stored() {
        return PolicyCache.scanAll(house.memory, RecordMapper.SESSION, null);
    }

    private boolean lasts(String token) {
        return sessions.find(token).isPresent();
    }

    private AuditRecord lastAudit() {
        return house.service.history().audit(null, 1).items().get(0);
    }

    @Test
    void findsTheMemberByATokenOfWhichOnlyTheHashIsStored() {
        Sessions.Begun begun = sessions.begin(alice, SignIn.PASSKEY, "Firefox");
        assertEquals(52, begun.token().length());
        assertFalse(begun.toString().contains(begun.token()));
        Sessions.Found found = sessions.find(begun.token()).orElseThrow();
        assertEquals(alice, found.member());
        assertEquals(begun.session(), found.session());
        PolicyRecord record = stored().get(0);
        assertEquals(Set.of("token:" + TokenHash.of(begun.token())), record.uniqueTerms());
        assertFalse(record.body().contains(begun.token()));
        assertFalse(record.body().contains(TokenHash.of(begun.token())));
    }

    @Test
    void findsNothingByAnotherToken() {
        begin();
        Stream.of("", "x", issued.token(), "\ud800", "\u0000").forEach(token -> assertFalse(lasts(token)));
    }

    @Test
    void eachSignInHasAnotherToken() {
        assertNotEquals(begin(), begin());
    }

    @Test
    void endsHalfAnHourAfterItsLastUse() {
        String token = begin();
        for (int i = 0; i < 3; i++) {
            house.clock.advance(Duration.ofMinutes(29));
            assertTrue(lasts(token));
        }
        house.clock.advance(Sessions.IDLE);
        assertFalse(lasts(token));
        assertEquals(List.of(), sessions.list(alice));
    }

    @Test
    void endsTwelveHoursAfterSignInHoweverOftenItIsUsed() {
        String token = begin();
        Duration step = Duration.ofMinutes(20);
        for (Duration age = step; age.compareTo(Sessions.LIFETIME) < 0; age = age.plus(step)) {
            house.clock.advance(step);
            assertTrue(lasts(token), age.toString());
        }
        house.clock.advance(step);
        assertFalse(lasts(token));
    }

    @Test
    void aUseIsWrittenOnceAMinute() {
        String token = begin();
        house.clock.advance(Duration.ofSeconds(59));
        lasts(token);
        assertEquals(1, stored().get(0).version());
        house.clock.advance(Duration.ofSeconds(1));
        lasts(token);
        lasts(token);
        assertEquals(2, stored().get(0).version());
        assertEquals(house.clock.instant(), sessions.list(alice).get(0).lastUsed());
    }

    @Test
    void signInIsAuditedAndByTokenItIsBreakGlass() {
        begin();
        AuditRecord audit = lastAudit();
        assertEquals("session.begin", audit.action());
        assertEquals(alice.id(), audit.actor());
        assertTrue(audit.after().toString().contains("\"breakGlass\":true"), audit.toString());
        sessions.begin(alice, SignIn.PASSKEY, "Firefox");
        assertTrue(lastAudit().after().toString().contains("\"breakGlass\":false"));
    }

    @Test
    void endsWithTheMember() {
        String token = begin();
        house.service.members().delete(OPERATOR, alice.id(), true);
        assertFalse(lasts(token));
        assertEquals(List.of(), stored());
    }

    @Test
    void endsWithTheTokenAndStaysEnded() {
        String token = begin();
        house.service.members().rotateToken(OPERATOR, alice.id(), null);
        assertFalse(lasts(token));
        assertEquals(List.of(), stored());
    }

    @Test
    void endsWithTheRoleAndStaysEndedWhenTheRoleComesBack() {
        String token = begin();
        role(Role.VIEWER);
        role(Role.APPROVER);
        assertFalse(lasts(token));
    }

    private void role(Role role) {
        Member now = house.service.members().get(alice.id());
        house.service.members().edit(OPERATOR, alice.id(), now.version(), new MemberChange(null, role, null), true);
    }

    @Test
    void outlivesAnotherNameAndKnowsIt() {
        String token = begin();
        house.service
                .members()
                .edit(OPERATOR, alice.id(), alice.version(), new MemberChange("alicia", null, null), true);
        assertEquals("alicia", sessions.find(token).orElseThrow().member().name());
    }

    @Test
    void endsWhenTheTokenExpires() {
        Member bob = house.service
                .members()
                .create(OPERATOR, new MemberChange("bob", Role.VIEWER, null), Duration.ofMinutes(5))
                .member();
        String token = sessions.begin(bob, SignIn.TOKEN, "").token();
        assertTrue(lasts(token));
        house.clock.advance(Duration.ofMinutes(5));
        assertFalse(lasts(token));
    }

    @Test
    void endsTheMembersOwnOnly() {
        String token = begin();
        String id = sessions.list(alice).get(0).id();
        Member bob = house.service
                .members()
                .create(OPERATOR, new MemberChange("bob", Role.ADMIN, null), null)
                .member();
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(OperationException.class, () -> sessions.end(bob, id))
                        .kind());
        assertTrue(lasts(token));
        sessions.end(alice, id);
        assertFalse(lasts(token));
        assertEquals("session.end", lastAudit().action());
    }

    @Test
    void aMemberHasSixteenAtMostAndTheLeastUsedGoes() {
        String first = begin();
        house.clock.advance(Duration.ofMinutes(1));
        String second = begin();
        house.clock.advance(Duration.ofMinutes(1));
        lasts(first);
        for (int i = 2; i < Sessions.MAX_SESSIONS; i++) {
            begin();
        }
        assertTrue(lasts(first));
        begin();
        assertEquals(Sessions.MAX_SESSIONS, sessions.list(alice).size());
        assertTrue(lasts(first));
        assertFalse(lasts(second));
    }

    @Test
    void aServiceAccountHasNone() {
        Member robot = house.service
                .members()
                .create(
                        OPERATOR,
                        new MemberChange(
                                "robot", null, null, List.of(new Scope(Scope.Act.READ, new TreeSet<>(Set.of("prod"))))),
                        null)
                .member();
        OperationException refusal =
                assertThrows(OperationException.class, () -> sessions.begin(robot, SignIn.TOKEN, ""));
        assertEquals(Kind.FORBIDDEN, refusal.kind());
    }

    @Test
    void keepsTwoHundredCharactersOfTheBrowsersName() {
        Session plain = sessions.begin(alice, SignIn.TOKEN, "a".repeat(300)).session();
        assertEquals("a".repeat(200), plain.userAgent());
        Session paired = sessions.begin(alice, SignIn.TOKEN, "a".repeat(199) + "\ud83d\udd12")
                .session();
        assertEquals("a".repeat(199), paired.userAgent());
    }

    @Test
    void purgesWhatTimeHasEndedOnceAnHour() {
        begin();
        house.clock.advance(Sessions.IDLE);
        String token = begin();
        sessions.purge();
        assertEquals(1, stored().size());
        house.clock.advance(Sessions.IDLE);
        sessions.purge();
        assertEquals(1, stored().size(), "once an hour");
        house.clock.advance(Duration.ofMinutes(30));
        sessions.purge();
        assertEquals(Optional.empty(), sessions.find(token));
        assertEquals(List.of(), stored());
    }
}
