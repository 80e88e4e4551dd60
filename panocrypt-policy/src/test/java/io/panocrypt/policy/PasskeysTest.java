package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.passkey.Base64Url;
import io.panocrypt.policy.internal.passkey.PasskeyVerifier;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.PasskeyRegistration;
import io.panocrypt.policy.model.passkey.RelyingParty;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasskeysTest {
    private static final Duration LIFE = Duration.ofMinutes(5);

    /** Made with the Python package cryptography. */
    private static final class KnownAssertion {
        static final String RP = "example.com";
        static final String ORIGIN = "https://www.example.com";
        static final String CHALLENGE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        static final String KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1RGngZ5IkDugkNjqQSZn4JmwxdrB0NgQkIKmB8QFE_gF"
                + "kDY5Ih1tn_hsG9c--PY6VssjAvkTlsmXQzKhTdypnQ";
        static final String DATA = "o3mm9u6vuaVeN4wRgDTidR5oL6ufLTCrE9ISVYbOGUcdAAAAAA";
        static final String CLIENT = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFS"
                + "RWhNVUZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHBzOi8vd3d3LmV4YW1wbGUuY29tIiwiY3Jv"
                + "c3NPcmlnaW4iOmZhbHNlfQ";
        static final String SIGNATURE =
                "MEYCIQCzf7DDDGXw9QmK6ueBbxPSMa5X2gURe3nBnUMkXd5PbgIhANjKiAL9l--6Alvol3LLStVMeP1z" + "5peR-SScLUAyMmDf";
    }

    private final TestService house = new TestService();
    private final Panocrypt service = house.service;
    private final Passkeys passkeys = service.passkeys();
    private final Member alice = member("alice", Role.APPROVER);
    private final Member bob = member("bob", Role.APPROVER);
    private final TestAuthenticator phone = new TestAuthenticator();

    @AfterEach
    void close() {
        house.close();
    }

    private Member member(String name, Role role) {
        return service.members()
                .create(OPERATOR, new MemberChange(name, role, null), null)
                .member();
    }

    private String challenge(Member member) {
        return passkeys.registrationChallenge(member).challenge();
    }

    private AuditRecord audited() {
        return service.history().audit(null, 1).items().get(0);
    }

    private Optional<Member> signIn(TestAuthenticator with, Member member) {
        return passkeys.authenticate(with.get(passkeys.signInChallenge().challenge(), member.id()));
    }

    private void refusesToRegister(String why, PasskeyRegistration registration) {
        assertEquals(
                why,
                assertRefused(Kind.INVALID, () -> passkeys.register(alice, "laptop", registration))
                        .getMessage());
        assertEquals(List.of(), passkeys.list(alice.id()));
    }

    /** The keys and signatures are of another implementation. */
    @Test
    void knowsAnAssertionOfAnotherImplementation() {
        PasskeyAssertion assertion =
                new PasskeyAssertion("AQ", KnownAssertion.DATA, KnownAssertion.CLIENT, KnownAssertion.SIGNATURE, null);
        assertEquals(
                Optional.empty(),
                PasskeyVerifier.problem(
                        assertion,
                        KnownAssertion.CHALLENGE,
                        KnownAssertion.RP,
                        List.of(KnownAssertion.ORIGIN),
                        -7,
                        KnownAssertion.KEY));
    }

    @ParameterizedTest
    @ValueSource(ints = {TestAuthenticator.ES256, TestAuthenticator.EDDSA, TestAuthenticator.RS256})
    void registersAndSignsInWithEachAlgorithm(int algorithm) {
        TestAuthenticator key = new TestAuthenticator(algorithm, TestService.RANDOM);
        Passkey made = key.register(service, alice);
        assertEquals(List.of(made), passkeys.list(alice.id()));
        assertEquals(algorithm, made.algorithm());
        assertEquals("00000000-0000-0000-0000-000000000007", made.aaguid());
        key.counter = 9;
        house.clock.advance(Duration.ofHours(1));
        assertEquals(Optional.of(alice), signIn(key, alice));
        Passkey used = passkeys.list(alice.id()).get(0);
        assertEquals(9, used.counter());
        assertEquals(Optional.of(house.clock.instant()), used.lastUsed());
        assertEquals(Optional.of(alice), signIn(key, alice), "with a counter that stands still");
    }

    @Test
    void recordsWhoRegisteredAndRemovedWhat() {
        Passkey made = phone.register(service, alice);
        AuditRecord registered = audited();
        assertEquals("passkey.register", registered.action());
        assertEquals(alice.id(), registered.actor());
        for (String part : List.of(made.publicKey(), made.aaguid(), made.credentialId(), "\"algorithm\":-7")) {
            assertTrue(registered.after().contains(part), part);
        }
        assertEquals(made, passkeys.remove(Actor.of(alice), made.id()));
        assertEquals("passkey.remove", audited().action());
        assertEquals(List.of(), passkeys.list(alice.id()));
        assertEquals(Optional.empty(), signIn(phone, alice));
    }

    @Test
    void isRemovedByItsMemberOrAnAdministrator() {
        Passkey made = phone.register(service, alice);
        assertRefused(Kind.FORBIDDEN, () -> passkeys.remove(Actor.of(bob), made.id()));
        passkeys.remove(Actor.of(member("ada", Role.ADMIN)), made.id());
        assertRefused(Kind.NOT_FOUND, () -> passkeys.remove(Actor.HOST, made.id()));
    }

    @Test
    void goesWithItsMember() {
        phone.register(service, alice);
        service.members().delete(OPERATOR, alice.id(), true);
        assertEquals(List.of(), passkeys.list(alice.id()));
        assertEquals(Optional.empty(), signIn(phone, alice));
        phone.register(service, bob);
    }

    @Test
    void usesAChallengeOnce() {
        phone.register(service, alice);
        String challenge = passkeys.signInChallenge().challenge();
        PasskeyAssertion assertion = phone.get(challenge, alice.id());
        assertTrue(passkeys.authenticate(assertion).isPresent());
        assertTrue(passkeys.authenticate(assertion).isEmpty());
        TestAuthenticator other = new TestAuthenticator();
        String registration = challenge(alice);
        passkeys.register(alice, "phone", other.create(registration));
        assertRefused(
                Kind.INVALID, () -> passkeys.register(alice, "phone", new TestAuthenticator().create(registration)));
    }

    @Test
    void usesAChallengeOnAnyNodeAndForFiveMinutes() {
        phone.register(service, alice);
        try (Panocrypt other = house.open(house.memory, house.custody)) {
            String early = other.passkeys().signInChallenge().challenge();
            house.clock.advance(LIFE.minusMillis(1));
            assertTrue(passkeys.authenticate(phone.get(early, alice.id())).isPresent());
            String late = other.passkeys().signInChallenge().challenge();
            house.clock.advance(LIFE);
            assertTrue(passkeys.authenticate(phone.get(late, alice.id())).isEmpty());
        }
    }

    @Test
    void removesExpiredChallenges() {
        for (int i = 0; i < 30; i++) {
            passkeys.signInChallenge();
        }
        house.clock.advance(LIFE);
        passkeys.signInChallenge();
        passkeys.signInChallenge();
        assertEquals(
                2, house.memory.scan(RecordMapper.CHALLENGE, null, null, 100).size());
    }

    @Test
    void takesNoChallengeOfAnotherKindOrMember() {
        phone.register(service, alice);
        TestAuthenticator other = new TestAuthenticator();
        assertRefused(
                Kind.INVALID,
                () -> passkeys.register(
                        alice, "x", other.create(passkeys.signInChallenge().challenge())));
        assertRefused(Kind.INVALID, () -> passkeys.register(alice, "x", other.create(challenge(bob))));
        assertTrue(
                passkeys.authenticate(phone.get(challenge(alice), alice.id())).isEmpty());
        assertTrue(passkeys.authenticate(phone.get("AAAA", alice.id())).isEmpty());
    }

    @Test
    void refusesToRegisterWhatDoesNotVerify() {
        phone.origin = "https://evil.example.org";
        refusesToRegister("the page is from another origin", phone.create(challenge(alice)));
        phone.origin = TestAuthenticator.ORIGIN;
        phone.rpId = "evil.example";
        refusesToRegister("the passkey is for another relying party", phone.create(challenge(alice)));
        phone.rpId = TestAuthenticator.PARTY.id();
        for (int flags : new int[] {0x01, 0x04, 0x00}) {
            phone.flags = flags;
            refusesToRegister("the authenticator has not verified the user", phone.create(challenge(alice)));
        }
        phone.flags = 0x15;
        refusesToRegister("the authenticator data contradicts itself", phone.create(challenge(alice)));
        phone.flags = TestAuthenticator.VERIFIED;
        String right = phone.clientData;
        phone.clientData = right.replace("false", "true");
        refusesToRegister("the page was in a frame of another origin", phone.create(challenge(alice)));
        phone.clientData = right.replace("%s\",\"challenge", "webauthn.get%.0s\",\"challenge");
        refusesToRegister("the client data is of another kind", phone.create(challenge(alice)));
        phone.clientData = right;
        PasskeyRegistration good = phone.create(challenge(alice));
        refusesToRegister(
                "the credential id is not the one in the authenticator data",
                with(good, "AAAA", good.publicKey(), good.algorithm()));
        refusesToRegister(
                "the public key is not the one in the authenticator data",
                with(
                        good,
                        good.credentialId(),
                        new TestAuthenticator().create("x").publicKey(),
                        -7));
        refusesToRegister(
                "the public key is none of that algorithm", with(good, good.credentialId(), good.publicKey(), -8));
        refusesToRegister(
                "the algorithm must be -7, -8 or -257", with(good, good.credentialId(), good.publicKey(), -36));
        phone.extensions = new byte[] {(byte) 0xa0};
        refusesToRegister("the public key is not the one in the authenticator data", phone.create(challenge(alice)));
        phone.extensions = new byte[0];
        passkeys.register(alice, "laptop", good);
    }

    private static PasskeyRegistration with(
            PasskeyRegistration from, String credentialId, String publicKey, int algorithm) {
        return new PasskeyRegistration(
                credentialId, from.authenticatorData(), from.clientDataJson(), publicKey, algorithm);
    }

    @Test
    void signsNobodyInWithWhatDoesNotVerify() {
        phone.register(service, alice);
        assertTrue(signIn(phone, bob).isEmpty(), "another user handle");
        assertTrue(signIn(new TestAuthenticator(), alice).isEmpty(), "an unknown credential");
        phone.origin = "https://evil.example.org";
        assertTrue(signIn(phone, alice).isEmpty());
        phone.origin = TestAuthenticator.ORIGIN;
        phone.rpId = "evil.example";
        assertTrue(signIn(phone, alice).isEmpty());
        phone.rpId = TestAuthenticator.PARTY.id();
        phone.flags = 0x01;
        assertTrue(signIn(phone, alice).isEmpty());
        phone.flags = TestAuthenticator.SYNCED;
        phone.clientData = phone.clientData.replace("false", "false,\"topOrigin\":\"https://evil.example\"");
        assertTrue(signIn(phone, alice).isEmpty());
        phone.clientData = phone.clientData.replace(",\"topOrigin\":\"https://evil.example\"", ",\"origin\":\"x\"");
        assertTrue(signIn(phone, alice).isEmpty(), "a member twice");
        phone.clientData = "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"}";
        assertTrue(signIn(phone, alice).isPresent(), "some browsers leave crossOrigin out");
        phone.flags = 0x85;
        phone.extensions = new byte[] {(byte) 0xa0};
        assertTrue(signIn(phone, alice).isPresent(), "extensions are signed and mean nothing");
    }

    /** Seeded, so that a failure can be repeated. */
    @Test
    void signsNobodyInWithAChangedByte() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        phone.register(service, alice);
        for (int i = 0; i < 100; i++) {
            PasskeyAssertion good = phone.get(passkeys.signInChallenge().challenge(), alice.id());
            PasskeyAssertion bad = switch (random.nextInt(4)) {
                case 0 ->
                    new PasskeyAssertion(
                            changed(good.credentialId(), random),
                            good.authenticatorData(),
                            good.clientDataJson(),
                            good.signature(),
                            good.userHandle());
                case 1 ->
                    new PasskeyAssertion(
                            good.credentialId(),
                            changed(good.authenticatorData(), random),
                            good.clientDataJson(),
                            good.signature(),
                            good.userHandle());
                case 2 ->
                    new PasskeyAssertion(
                            good.credentialId(),
                            good.authenticatorData(),
                            changed(good.clientDataJson(), random),
                            good.signature(),
                            good.userHandle());
                default ->
                    new PasskeyAssertion(
                            good.credentialId(),
                            good.authenticatorData(),
                            good.clientDataJson(),
                            changed(good.signature(), random),
                            good.userHandle());
            };
            assertTrue(passkeys.authenticate(bad).isEmpty(), "seed " + seed + ": " + bad);
        }
    }

    private static String changed(String text, Random random) {
        byte[] bytes = Base64Url.decode(text);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        return Base64Url.encode(bytes);
    }

    @Test
    void letsAMemberInWhoseTokenHasExpired() {
        Member carol = service.members()
                .create(OPERATOR, new MemberChange("carol", Role.ADMIN, null), Duration.ofMinutes(1))
                .member();
        phone.register(service, carol);
        house.clock.advance(Duration.ofHours(1));
        Member back = signIn(phone, carol).orElseThrow();
        service.lockdowns().start(Actor.of(back), List.of("lab"), "drill");
        assertEquals(carol.id(), audited().actor());
    }

    @Test
    void registersAFirstPasskeyByALinkOnce() {
        Passkeys.Link link = passkeys.link(alice.id());
        assertEquals("passkey.link", audited().action());
        assertFalse(link.toString().contains(link.secret()));
        String challenge =
                passkeys.registrationChallenge(link.secret()).orElseThrow().challenge();
        Passkey made = passkeys.registerByLink(link.secret(), "phone", phone.create(challenge));
        assertEquals(alice.id(), made.memberId());
        assertEquals("host", made.registeredBy());
        assertEquals(Optional.empty(), passkeys.registrationChallenge(link.secret()));
        String more = challenge(alice);
        assertRefused(
                Kind.FORBIDDEN,
                () -> passkeys.registerByLink(link.secret(), "more", new TestAuthenticator().create(more)));
        Passkeys.Link old = passkeys.link(alice.id());
        house.clock.advance(Passkeys.LINK_LIFE);
        assertEquals(Optional.empty(), passkeys.registrationChallenge(old.secret()));
        assertTrue(house.memory.scan(RecordMapper.CHALLENGE, null, null, 10).stream()
                .noneMatch(record -> (record.body() + record.uniqueTerms()).contains(old.secret())));
    }

    @Test
    void hasALimitForEachMember() {
        for (int i = 0; i < 20; i++) {
            new TestAuthenticator().register(service, alice);
        }
        assertRefused(Kind.CONFLICT, () -> phone.register(service, alice));
        passkeys.remove(Actor.of(alice), passkeys.list(alice.id()).get(3).id());
        phone.register(service, alice);
        assertRefused(Kind.TAKEN, () -> phone.register(service, bob));
    }

    @Test
    void isForPeopleOnly() {
        Member robot = service.members()
                .create(
                        OPERATOR,
                        new MemberChange(
                                "ci",
                                null,
                                null,
                                List.of(new Scope(Scope.Act.ALLOW_ONCE, new TreeSet<>(Set.of("env=test"))))),
                        null)
                .member();
        assertRefused(Kind.FORBIDDEN, () -> passkeys.registrationChallenge(robot));
        assertRefused(Kind.FORBIDDEN, () -> passkeys.link(robot.id()));
        assertRefused(Kind.NOT_FOUND, () -> passkeys.link("nobody"));
        for (String label : List.of("", " ", "x".repeat(64), "a\nb")) {
            assertRefused(Kind.INVALID, () -> passkeys.register(alice, label, phone.create(challenge(alice))));
        }
    }

    /** A record that the site has not signed is no passkey. */
    @Test
    void doesNotKnowAPasskeyThatAWriterOfTheStoreHasMade() {
        Passkey made = phone.register(service, alice);
        PolicyRecord record = house.memory.get(RecordMapper.PASSKEY, made.id()).orElseThrow();
        String key = Base64Url.encode(new TestAuthenticator().keys.getPublic().getEncoded());
        for (String body : List.of(
                record.body().replace(alice.id(), bob.id()), record.body().replace(made.publicKey(), key))) {
            PolicyRecord now = house.memory.get(RecordMapper.PASSKEY, made.id()).orElseThrow();
            house.memory.write(StoreWrite.of(new JournalEntry(
                            "forged" + now.version(), JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}"))
                    .put(new PolicyRecord(
                            record.kind(), record.id(), now.version() + 1, body, now.uniqueTerms(), now.terms()))
                    .build());
            assertEquals(Optional.empty(), signIn(phone, alice));
            assertEquals(Optional.empty(), signIn(phone, bob));
            assertEquals(List.of(), passkeys.list(alice.id()));
        }
    }

    @Test
    void saysThatItIsNotConfigured() {
        try (Panocrypt other = Panocrypt.builder()
                .store(house.memory)
                .custody(house.custody)
                .publicUrl(java.net.URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .build()) {
            assertEquals(Optional.empty(), other.passkeys().relyingParty());
            assertRefused(Kind.CONFLICT, () -> other.passkeys().signInChallenge());
            assertRefused(Kind.CONFLICT, () -> other.passkeys().registrationChallenge(alice));
            assertRefused(Kind.CONFLICT, () -> other.passkeys().link(alice.id()));
        }
    }

    @Test
    void findsWhatIsWrongWithARelyingParty() {
        assertEquals(List.of(), TestAuthenticator.PARTY.problems());
        assertEquals(List.of(), new RelyingParty("localhost", List.of("http://localhost:8080")).problems());
        for (RelyingParty wrong : List.of(
                new RelyingParty("example.org", List.of()),
                new RelyingParty("Example.org", List.of("https://Example.org")),
                new RelyingParty("192.0.2.1", List.of("https://192.0.2.1")),
                new RelyingParty("example.org", List.of("http://example.org")),
                new RelyingParty("example.org", List.of("https://example.org/")),
                new RelyingParty("example.org", List.of("https://example.org:443")),
                new RelyingParty("example.org", List.of("https://evilexample.org")),
                new RelyingParty("example.org", List.of("https://a@example.org")),
                new RelyingParty("example.org", List.of("https://exa mple.org")))) {
            assertEquals(1, wrong.problems().size(), wrong.toString());
        }
    }
}
