package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import io.panocrypt.policy.internal.passkey.Base64Url;
import io.panocrypt.policy.internal.passkey.PasskeyVerifier;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares our verification of assertions with that of WebAuthn4J, on assertions that are genuinely signed and wrong in
 * random ways. We must refuse what it refuses; where only we refuse, the reason must be known.
 */
class PasskeyDifferenceTest {
    private static final int ROUNDS = 200;
    private static final int MANY_ROUNDS = 2_000;
    private static final String CHALLENGE = Base64Url.encode(new byte[32]);

    /** What is wrong with an assertion, or unusual. */
    private enum Oddity {
        FLAGS,
        RP_ID,
        ORIGIN,
        CHALLENGE,
        TYPE,
        CROSS_ORIGIN,
        NO_CROSS_ORIGIN,
        TOP_ORIGIN,
        MORE_MEMBERS,
        MEMBER_TWICE,
        CROSS_ORIGIN_IS_TEXT,
        TRAILING,
        EXTENSIONS,
        EXTENSIONS_UNTOLD,
        SIGNATURE,
        CHANGED_BYTE
    }

    /** What we refuse, and the other may accept; each is stricter, and no browser sends it. */
    private static final Set<Oddity> KNOWN = EnumSet.of(
            // The flag for credential data, and backed up without being eligible.
            Oddity.FLAGS,
            Oddity.TOP_ORIGIN,
            Oddity.MEMBER_TWICE,
            Oddity.CROSS_ORIGIN_IS_TEXT,
            Oddity.TRAILING,
            Oddity.EXTENSIONS_UNTOLD);

    private final ObjectConverter converter = new ObjectConverter();
    private final WebAuthnManager other = WebAuthnManager.createNonStrictWebAuthnManager(converter);

    private boolean otherAccepts(TestAuthenticator key, PasskeyAssertion assertion) {
        CredentialRecordImpl record = new CredentialRecordImpl(
                new NoneAttestationStatement(),
                null,
                null,
                null,
                0,
                new AttestedCredentialDataConverter(converter).convert(key.attested()),
                null,
                null,
                null,
                null);
        ServerProperty server = ServerProperty.builder()
                .origin(new Origin(TestAuthenticator.ORIGIN))
                .rpId(TestAuthenticator.PARTY.id())
                .challenge(new DefaultChallenge(Base64Url.decode(CHALLENGE)))
                .build();
        AuthenticationRequest request = new AuthenticationRequest(
                Base64Url.decode(assertion.credentialId()),
                Base64Url.decode(assertion.authenticatorData()),
                Base64Url.decode(assertion.clientDataJson()),
                Base64Url.decode(assertion.signature()));
        try {
            other.verify(request, new AuthenticationParameters(server, record, null, true, true));
            return true;
        } catch (RuntimeException e) {
            // Malformed JSON surfaces as a fault of its parser, beside its own exceptions.
            return false;
        }
    }

    private static boolean weAccept(TestAuthenticator key, PasskeyAssertion assertion) {
        return PasskeyVerifier.problem(
                        assertion,
                        CHALLENGE,
                        TestAuthenticator.PARTY.id(),
                        List.of(TestAuthenticator.ORIGIN),
                        key.algorithm,
                        Base64Url.encode(key.keys.getPublic().getEncoded()))
                .isEmpty();
    }

    @Test
    void acceptsNothingThatTheOtherRefuses() {
        acceptsNothingThatTheOtherRefuses(ROUNDS);
    }

    @Test
    @Tag("long")
    void acceptsNothingThatTheOtherRefusesForLong() {
        acceptsNothingThatTheOtherRefuses(MANY_ROUNDS);
    }

    private void acceptsNothingThatTheOtherRefuses(int rounds) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<TestAuthenticator> keys = List.of(
                new TestAuthenticator(TestAuthenticator.ES256, random),
                new TestAuthenticator(TestAuthenticator.EDDSA, random),
                new TestAuthenticator(TestAuthenticator.RS256, random));
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            TestAuthenticator key = keys.get(random.nextInt(keys.size()));
            Set<Oddity> oddities = oddities(random);
            PasskeyAssertion assertion = make(key, oddities, random);
            boolean theirs = otherAccepts(key, assertion);
            boolean ours = weAccept(key, assertion);
            String what = "seed " + seed + ", round " + i + ": " + oddities + " " + assertion;
            assertFalse(ours && !theirs, "only we accept, " + what);
            assertTrue(ours == theirs || oddities.stream().anyMatch(KNOWN::contains), "only we refuse, " + what);
            accepted += ours ? 1 : 0;
            refused += theirs ? 0 : 1;
        }
        assertTrue(accepted > rounds / 10 && refused > rounds / 10, accepted + " accepted, " + refused + " refused");
    }

    private static Set<Oddity> oddities(Random random) {
        Set<Oddity> oddities = EnumSet.noneOf(Oddity.class);
        for (int i = random.nextInt(3); i > 0; i--) {
            oddities.add(Oddity.values()[random.nextInt(Oddity.values().length)]);
        }
        return oddities;
    }

    private static PasskeyAssertion make(TestAuthenticator key, Set<Oddity> oddities, Random random) {
        key.flags = oddities.contains(Oddity.FLAGS) ? random.nextInt(256) & ~0x80 : TestAuthenticator.SYNCED;
        key.rpId = oddities.contains(Oddity.RP_ID) ? "evil.example" : TestAuthenticator.PARTY.id();
        key.origin = oddities.contains(Oddity.ORIGIN) ? "https://evil.example.org" : TestAuthenticator.ORIGIN;
        key.counter = random.nextBoolean() ? 0 : 1 + random.nextInt(1_000);
        key.extensions = new byte[0];
        if (oddities.contains(Oddity.EXTENSIONS)) {
            key.flags |= 0x80;
            key.extensions = new byte[] {(byte) 0xa0};
        }
        if (oddities.contains(Oddity.EXTENSIONS_UNTOLD)) {
            key.flags &= ~0x80;
            key.extensions = new byte[] {(byte) 0xa0};
        }
        String json = "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}";
        json = oddities.contains(Oddity.TYPE) ? json.replace("\"%s\",\"c", "\"webauthn.create%.0s\",\"c") : json;
        json = oddities.contains(Oddity.CROSS_ORIGIN) ? json.replace("false", "true") : json;
        json = oddities.contains(Oddity.NO_CROSS_ORIGIN) ? json.replaceAll(",\"crossOrigin\":[a-z]+", "") : json;
        json = oddities.contains(Oddity.CROSS_ORIGIN_IS_TEXT) ? json.replace(":false", ":\"false\"") : json;
        json = oddities.contains(Oddity.TOP_ORIGIN) ? json.replace("}", ",\"topOrigin\":\"https://a.example\"}") : json;
        json = oddities.contains(Oddity.MORE_MEMBERS) ? json.replace("}", ",\"other\":{\"a\":[1]}}") : json;
        json = oddities.contains(Oddity.MEMBER_TWICE) ? json.replace("}", ",\"type\":\"webauthn.get\"}") : json;
        json = oddities.contains(Oddity.TRAILING) ? json + " {}" : json;
        key.clientData = json;
        PasskeyAssertion made = key.get(oddities.contains(Oddity.CHALLENGE) ? "AAAA" : CHALLENGE, "x");
        byte[] signature = Base64Url.decode(made.signature());
        byte[] client = Base64Url.decode(made.clientDataJson());
        if (oddities.contains(Oddity.SIGNATURE)) {
            signature = key.sign(new byte[] {1});
        }
        if (oddities.contains(Oddity.CHANGED_BYTE)) {
            client[random.nextInt(client.length)] ^= (byte) (1 << random.nextInt(7));
        }
        return new PasskeyAssertion(
                made.credentialId(),
                made.authenticatorData(),
                Base64Url.encode(client),
                Base64Url.encode(signature),
                made.userHandle());
    }

    @Test
    void agreesOnAKnownOne() {
        TestAuthenticator key = new TestAuthenticator();
        PasskeyAssertion good = key.get(CHALLENGE, "x");
        assertEquals(List.of(true, true), List.of(weAccept(key, good), otherAccepts(key, good)));
        assertEquals("x", new String(Base64Url.decode(String.valueOf(good.userHandle())), StandardCharsets.UTF_8));
    }
}
