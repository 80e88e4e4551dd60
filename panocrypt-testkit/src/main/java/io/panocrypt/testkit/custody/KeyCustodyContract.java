package io.panocrypt.testkit.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RuleNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link KeyCustody} must do. Extend it and open your custody; each test's display name begins with its
 * rule.
 *
 * <table> <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>K1</td><td>a key has the role and the curve of its label</td></tr>
 * <tr><td>K2, K3</td><td>each key is a fresh one, and takes nothing from those made before it for the same
 * label</td></tr>
 * <tr><td>K4</td><td>the fingerprint is 64 hexadecimal digits in lower case, always the same, among those of the usable
 * master keys, and another custody has another</td></tr>
 * <tr><td>K5</td><td>an exchange is the private key times the point, on every curve</td></tr>
 * <tr><td>K6</td><td>a point on another curve is an {@link IllegalArgumentException}</td></tr>
 * <tr><td>K7</td><td>so is the work of the other role</td></tr>
 * <tr><td>K8</td><td>a signature of any input verifies under the public half, and has twice the length of the
 * field</td></tr>
 * <tr><td>K9</td><td>signatures of different inputs have different nonces; a repeated nonce reveals the private
 * key</td></tr>
 * <tr><td>K10</td><td>a key serves under no other owner, generation, role or curve</td></tr>
 * <tr><td>K11</td><td>a key serves with no other public half</td></tr>
 * <tr><td>K12</td><td>a sealed form with any byte changed, cut off or added does not serve</td></tr>
 * <tr><td>K13</td><td>a key of another custody does not serve</td></tr>
 * <tr><td>K14</td><td>a key serves when the custody is opened again</td></tr>
 * <tr><td>K15</td><td>no refusal and no {@code toString} reveals a secret</td></tr>
 * <tr><td>K16</td><td>all of it holds for several threads at once</td></tr>
 * <tr><td>K17</td><td>a key that is sealed again under another master key is the same key, and needs only that master
 * key</td></tr>
 * <tr><td>K18</td><td>a key is sealed again under no master key that the custody lacks, and under no other label</td></tr>
 * <tr><td>K19</td><td>a destroyed key does not serve, if the custody holds keys; to destroy it again is no error, and no
 * other key is harmed</td></tr>
 * <tr><td>K20</td><td>a key is destroyed under no other label</td></tr>
 * <tr><td>K21</td><td>a key that was made elsewhere is refused, or serves like one made here, also if its coordinates are
 * written without leading zeros; the pair stays the caller's</td></tr>
 * <tr><td>K22</td><td>a custody that serves is ready, and one that lost its keys says so</td></tr>
 * </table>
 *
 * <p>Refusals of K10 to K13 are {@link CustodyException}s, whatever an underlying provider throws. A sealed form may be
 * an envelope or a reference into a token: the rules do not depend on it. No rule uses a point off the curve, at
 * infinity, or with a coordinate out of range: such an {@link EcPoint} cannot exist.
 */
@ExtendWith(RuleNames.class)
@SuppressWarnings("exports") // only JUnit uses the extension
public abstract class KeyCustodyContract {
    private static final byte[] INPUT = {4, 2};
    private static final int THREADS = 8;
    private static final int ROUNDS = 4;
    private static final int SIGNATURES = 8;

    private @Nullable CustodyFixture opened;

    /** Called by subclasses. */
    protected KeyCustodyContract() {}

    /** Opens a custody that no other test uses. */
    protected abstract CustodyFixture open() throws Exception;

    @BeforeEach
    final void openCustody() throws Exception {
        opened = open();
    }

    @AfterEach
    final void closeCustody() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    private CustodyFixture fixture() {
        if (opened == null) {
            throw new IllegalStateException("no custody is open");
        }
        return opened;
    }

    private KeyCustody custody() {
        return fixture().custody();
    }

    private static KeyLabel label(KeyRole role, Curve curve) {
        return new KeyLabel("device-1", 1, role, curve);
    }

    private static KeyLabel label(KeyRole role) {
        return label(role, Curve.P_256);
    }

    private static KeyLabel other(KeyLabel label) {
        return new KeyLabel("device-2", label.generation(), label.role(), label.curve());
    }

    private static CustodyKey withPublic(CustodyKey key, KeyRole role, EcPoint point) {
        return new CustodyKey(PublicJwk.of(role, point), key.sealed());
    }

    private static boolean verifies(CustodyKey key, byte[] input, byte[] signature) {
        return PublicJwk.of(KeyRole.SIGNING, key.publicKey().point()).verify(input, signature);
    }

    /** Does one operation of the label's role. */
    private static void serve(KeyCustody custody, KeyLabel label, CustodyKey key) {
        if (label.role() == KeyRole.EXCHANGE) {
            custody.exchange(label, key, EcPoint.generator(label.curve()));
        } else {
            custody.sign(label, key, INPUT);
        }
    }

    private static void assertRefused(KeyCustody custody, KeyLabel label, CustodyKey key, String why) {
        assertThrows(CustodyException.class, () -> serve(custody, label, key), why);
    }

    private KeyCustody stranger() throws Exception {
        Optional<KeyCustody> stranger = fixture().stranger();
        assumeTrue(stranger.isPresent(), "the fixture has no other custody");
        return stranger.get();
    }

    @Nested
    class Keys {
        @ParameterizedTest(name = "K1 {0}")
        @DisplayName("K1 a key has the role and the curve of its label")
        @EnumSource
        void haveTheRoleAndTheCurveOfTheLabel(Curve curve) {
            for (KeyRole role : KeyRole.values()) {
                PublicJwk made = custody().generate(label(role, curve)).publicKey();
                assertEquals(role, made.role());
                assertEquals(curve, made.point().curve());
            }
        }

        @ParameterizedTest(name = "K2 {0}")
        @DisplayName("K2 each key is a fresh one, also for the same label")
        @EnumSource
        void areFresh(KeyRole role) {
            CustodyKey one = custody().generate(label(role));
            CustodyKey two = custody().generate(label(role));
            CustodyKey three = custody().generate(other(label(role)));
            assertEquals(
                    3,
                    Set.of(one.publicKey(), two.publicKey(), three.publicKey()).size());
            assertFalse(Arrays.equals(one.sealed(), two.sealed()), "two keys have one sealed form");
        }

        @ParameterizedTest(name = "K3 {0}")
        @DisplayName("K3 a key serves also after another was made for its label")
        @EnumSource
        void outliveTheirSuccessors(KeyRole role) {
            CustodyKey one = custody().generate(label(role));
            CustodyKey two = custody().generate(label(role));
            serve(custody(), label(role), one);
            serve(custody(), label(role), two);
        }

        @Test
        @DisplayName("K4 the fingerprint is 64 hexadecimal digits, always the same, and another custody has another")
        void areKeptUnderOneFingerprint() throws Exception {
            String fingerprint = custody().fingerprint();
            assertTrue(fingerprint.matches("[0-9a-f]{64}"), fingerprint);
            custody().generate(label(KeyRole.EXCHANGE));
            assertEquals(fingerprint, custody().fingerprint());
            assertTrue(custody().fingerprints().contains(fingerprint), "among those of the usable master keys");
            if (fixture().reopens()) {
                fixture().reopen();
                assertEquals(fingerprint, custody().fingerprint(), "opened again");
            }
            fixture().stranger().ifPresent(stranger -> assertNotEquals(fingerprint, stranger.fingerprint()));
        }
    }

    @Nested
    class TakenIn {
        @ParameterizedTest(name = "K21 {0}")
        @DisplayName("K21 a key that was made elsewhere is refused, or serves like one made here")
        @EnumSource
        void serveLikeKeysMadeHere(KeyRole role) throws Exception {
            KeyLabel label = label(role);
            try (EcKeyPair pair = shortPair()) {
                CustodyKey taken;
                try {
                    taken = custody().adopt(label, pair);
                } catch (CustodyException e) {
                    return;
                }
                assertEquals(PublicJwk.of(role, pair.publicKey()), taken.publicKey());
                CustodyKey named = new CustodyKey(shortened(taken.publicKey()), taken.sealed());
                for (CustodyKey key : List.of(taken, named)) {
                    if (role == KeyRole.EXCHANGE) {
                        EcPoint answer = custody().exchange(label, key, EcPoint.generator(label.curve()));
                        assertArrayEquals(pair.publicKey().x(), answer.x(), "another private key");
                    } else {
                        assertTrue(verifies(key, INPUT, custody().sign(label, key, INPUT)), "another private key");
                    }
                }
                assertTrue(pair.isConsistent(), "the pair stays the caller's, and open");
            }
        }

        /** The public point's x begins with a zero byte, which some tools do not write. */
        private static EcKeyPair shortPair() {
            for (int scalar = 1; ; scalar++) {
                EcPoint point = PointOracle.multiply(EcPoint.generator(Curve.P_256), BigInteger.valueOf(scalar));
                if (point.x()[0] == 0) {
                    byte[] bytes = new byte[Curve.P_256.fieldBytes()];
                    ByteBuffer.wrap(bytes).putInt(bytes.length - Integer.BYTES, scalar);
                    return EcKeyPair.of(Curve.P_256, bytes, point);
                }
            }
        }

        private static PublicJwk shortened(PublicJwk key) throws InvalidKeyException {
            byte[] x = key.point().x();
            Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
            String canonical = encoder.encodeToString(x);
            String written = encoder.encodeToString(Arrays.copyOfRange(x, 1, x.length));
            return PublicJwk.parseAsWritten(key.toJson().replace(canonical, written));
        }
    }

    @Nested
    class Exchanges {
        @ParameterizedTest(name = "K5 {0}")
        @DisplayName("K5 an exchange is the private key times the point")
        @EnumSource
        void multiplyByThePrivateKey(Curve curve) {
            KeyLabel label = label(KeyRole.EXCHANGE, curve);
            CustodyKey key = custody().generate(label);
            EcPoint publicPoint = key.publicKey().point();
            for (BigInteger scalar : PointOracle.scalars(publicPoint)) {
                EcPoint point = PointOracle.multiply(EcPoint.generator(curve), scalar);
                assertEquals(
                        PointOracle.multiply(publicPoint, scalar),
                        custody().exchange(label, key, point),
                        () -> "the point is the generator times " + scalar);
            }
        }

        @ParameterizedTest(name = "K6 {0}")
        @DisplayName("K6 a point on another curve is an illegal argument")
        @EnumSource
        void refuseAPointOnAnotherCurve(Curve curve) {
            KeyLabel label = label(KeyRole.EXCHANGE, curve);
            CustodyKey key = custody().generate(label);
            for (Curve other : Curve.values()) {
                if (other != curve) {
                    EcPoint point = EcPoint.generator(other);
                    assertThrows(IllegalArgumentException.class, () -> custody().exchange(label, key, point));
                }
            }
        }

        @Test
        @DisplayName("K7 a key does no work of the other role: an illegal argument")
        void areNotMadeWithSigningKeys() {
            KeyLabel signing = label(KeyRole.SIGNING);
            CustodyKey signer = custody().generate(signing);
            EcPoint point = EcPoint.generator(signing.curve());
            assertThrows(IllegalArgumentException.class, () -> custody().exchange(signing, signer, point));
            KeyLabel exchange = label(KeyRole.EXCHANGE);
            CustodyKey exchanger = custody().generate(exchange);
            assertThrows(IllegalArgumentException.class, () -> custody().sign(exchange, exchanger, INPUT));
        }
    }

    @Nested
    class Signatures {
        @ParameterizedTest(name = "K8 {0}")
        @DisplayName("K8 a signature of any input verifies under the public half")
        @EnumSource
        void verify(Curve curve) {
            KeyLabel label = label(KeyRole.SIGNING, curve);
            CustodyKey key = custody().generate(label);
            for (int length : new int[] {0, 1, 64, 65, 1_000, 100_000}) {
                byte[] input = new byte[length];
                Arrays.fill(input, (byte) length);
                byte[] signature = custody().sign(label, key, input);
                assertEquals(2 * curve.fieldBytes(), signature.length);
                assertTrue(verifies(key, input, signature), () -> "of " + length + " bytes");
            }
        }

        @ParameterizedTest(name = "K9 {0}")
        @DisplayName("K9 signatures of different inputs have different nonces")
        @EnumSource
        void repeatNoNonce(Curve curve) {
            KeyLabel label = label(KeyRole.SIGNING, curve);
            CustodyKey key = custody().generate(label);
            Set<BigInteger> seen = new HashSet<>();
            for (byte i = 0; i < SIGNATURES; i++) {
                byte[] signature = custody().sign(label, key, new byte[] {i});
                // r is the x coordinate of the nonce's point, so an equal r means an equal nonce.
                assertTrue(seen.add(new BigInteger(1, Arrays.copyOf(signature, curve.fieldBytes()))), "r came twice");
            }
        }
    }

    @Nested
    class SealedForms {
        @ParameterizedTest(name = "K10 {0}")
        @DisplayName("K10 a key serves under no other owner, generation, role or curve")
        @EnumSource
        void serveUnderNoOtherLabel(KeyRole role) {
            Curve curve = Curve.P_256;
            CustodyKey key = custody().generate(label(role, curve));
            for (KeyLabel other : List.of(
                    new KeyLabel("device-2", 1, role, curve),
                    new KeyLabel("device-11", 1, role, curve),
                    new KeyLabel("device-", 1, role, curve),
                    new KeyLabel("DEVICE-1", 1, role, curve),
                    new KeyLabel("device-1", 0, role, curve),
                    new KeyLabel("device-1", 2, role, curve),
                    new KeyLabel("device-1", 11, role, curve),
                    new KeyLabel("device-1", 1, opposite(role), curve),
                    new KeyLabel("device-1", 1, role, Curve.P_384))) {
                assertRefused(custody(), other, key, other.toString());
                EcPoint point = other.curve() == curve ? key.publicKey().point() : EcPoint.generator(other.curve());
                assertRefused(custody(), other, withPublic(key, other.role(), point), "disguised as " + other);
            }
            serve(custody(), label(role, curve), key);
        }

        private static KeyRole opposite(KeyRole role) {
            return role == KeyRole.EXCHANGE ? KeyRole.SIGNING : KeyRole.EXCHANGE;
        }

        @ParameterizedTest(name = "K11 {0}")
        @DisplayName("K11 a key serves with no other public half")
        @EnumSource
        void serveWithNoOtherPublicHalf(KeyRole role) {
            CustodyKey key = custody().generate(label(role));
            CustodyKey another = custody().generate(other(label(role)));
            EcPoint point = key.publicKey().point();
            for (EcPoint wrong :
                    List.of(another.publicKey().point(), point.negate(), EcPoint.generator(point.curve()))) {
                assertRefused(custody(), label(role), withPublic(key, role, wrong), "public half " + wrong);
            }
            serve(custody(), label(role), key);
        }

        @ParameterizedTest(name = "K12 {0}")
        @DisplayName("K12 a sealed form with any byte changed, cut off or added does not serve")
        @EnumSource
        void serveOnlyAsTheyWereMade(KeyRole role) {
            CustodyKey key = custody().generate(label(role));
            byte[] sealed = key.sealed();
            List<byte[]> wrong = new ArrayList<>();
            for (int i = 0; i < sealed.length; i++) {
                byte[] changed = sealed.clone();
                changed[i] ^= 1;
                wrong.add(changed);
            }
            wrong.add(new byte[0]);
            wrong.add(Arrays.copyOf(sealed, sealed.length - 1));
            wrong.add(Arrays.copyOfRange(sealed, 1, sealed.length));
            wrong.add(Arrays.copyOf(sealed, sealed.length + 1));
            for (byte[] form : wrong) {
                assertRefused(
                        custody(), label(role), new CustodyKey(key.publicKey(), form), "form " + wrong.indexOf(form));
            }
            serve(custody(), label(role), key);
        }

        @ParameterizedTest(name = "K13 {0}")
        @DisplayName("K13 a key of another custody does not serve")
        @EnumSource
        void serveInNoOtherCustody(KeyRole role) throws Exception {
            KeyCustody stranger = stranger();
            assertRefused(stranger, label(role), custody().generate(label(role)), "ours at the other");
            assertRefused(custody(), label(role), stranger.generate(label(role)), "the other's at ours");
        }

        @ParameterizedTest(name = "K14 {0}")
        @DisplayName("K14 a key serves when the custody is opened again")
        @EnumSource
        void serveWhenOpenedAgain(KeyRole role) throws Exception {
            assumeTrue(fixture().reopens(), "the custody lives in memory only");
            CustodyKey key = custody().generate(label(role));
            fixture().reopen();
            serve(custody(), label(role), new CustodyKey(key.publicKey(), key.sealed()));
        }
    }

    @Nested
    class MasterKeys {
        @ParameterizedTest(name = "K17 {0}")
        @DisplayName("K17 a key that is sealed again is the same key, and needs only that master key")
        @EnumSource
        void replaceOneAnother(KeyRole role) throws Exception {
            KeyLabel label = label(role);
            CustodyKey key = custody().generate(label);
            String own = onlyOne(custody().fingerprints());
            assertEquals(key, custody().rewrap(label, key, own), "sealed under it already");
            Optional<KeyCustody> found = fixture().successor();
            assumeTrue(found.isPresent(), "the fixture has no custody with a further master key");
            KeyCustody successor = found.get();
            serve(successor, label, key);
            String another = another(successor);
            CustodyKey sealed = successor.rewrap(label, key, another);
            assertEquals(key.publicKey(), sealed.publicKey());
            assertEquals(sealed, successor.rewrap(label, sealed, another), "the second time");
            serve(successor, label, sealed);
            serve(successor, label, key);
            assertRefused(custody(), label, sealed, "it needs the former master key");
            serve(custody(), label, successor.rewrap(label, sealed, own));
        }

        private static boolean isRefused(KeyCustody custody, KeyLabel label, CustodyKey key) {
            try {
                serve(custody, label, key);
                return false;
            } catch (CustodyException e) {
                return true;
            }
        }

        private String another(KeyCustody successor) {
            Set<String> others = new HashSet<>(successor.fingerprints());
            others.removeAll(custody().fingerprints());
            return onlyOne(others);
        }

        private static String onlyOne(Set<String> fingerprints) {
            assertEquals(1, fingerprints.size(), "fingerprints");
            return fingerprints.iterator().next();
        }

        @ParameterizedTest(name = "K18 {0}")
        @DisplayName("K18 a key is sealed again under no master key that the custody lacks, and under no other label")
        @EnumSource
        void takeNoKeyThatIsNotTheirs(KeyRole role) throws Exception {
            KeyLabel label = label(role);
            CustodyKey key = custody().generate(label);
            String unknown = "0123456789abcdef".repeat(4);
            assertThrows(CustodyException.class, () -> custody().rewrap(label, key, unknown));
            Optional<KeyCustody> found = fixture().successor();
            if (found.isPresent()) {
                KeyCustody successor = found.get();
                String wanted = another(successor);
                assertThrows(CustodyException.class, () -> successor.rewrap(label, key, unknown));
                // K10 says whether a key serves under another label at all.
                if (isRefused(successor, other(label), key)) {
                    assertThrows(CustodyException.class, () -> successor.rewrap(other(label), key, wanted));
                }
            }
        }
    }

    @Nested
    class Secrets {
        @Test
        @DisplayName("K15 no refusal and no toString reveals a secret")
        void areToldByNothing() throws Exception {
            assertTellsNoSecret(custody().toString());
            for (KeyRole role : KeyRole.values()) {
                KeyLabel label = label(role);
                CustodyKey key = custody().generate(label);
                byte[] changed = key.sealed();
                changed[changed.length - 1] ^= 1;
                EcPoint point = key.publicKey().point();
                refuse(custody(), other(label), key);
                refuse(custody(), label, withPublic(key, role, point.negate()));
                refuse(custody(), label, new CustodyKey(key.publicKey(), changed));
                refuse(custody(), label, new CustodyKey(key.publicKey(), new byte[0]));
                assertTellsNoSecret(() -> custody().exchange(label, key, EcPoint.generator(Curve.P_384)));
                assertTellsNoSecret(() -> custody().sign(label(SealedForms.opposite(role)), key, INPUT));
                Optional<KeyCustody> stranger = fixture().stranger();
                if (stranger.isPresent()) {
                    refuse(stranger.get(), label, key);
                }
                assertTellsNoSecret(key.toString());
            }
            assertTellsNoSecret(custody().toString());
        }

        private void refuse(KeyCustody custody, KeyLabel label, CustodyKey key) {
            assertTellsNoSecret(() -> serve(custody, label, key));
        }

        /** Checks all texts of a possible exception for secrets. Other rules check whether it is thrown. */
        private void assertTellsNoSecret(Runnable refused) {
            try {
                refused.run();
            } catch (RuntimeException e) {
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                assertTellsNoSecret(trace.toString());
            }
        }

        private void assertTellsNoSecret(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            for (byte[] secret : fixture().secrets()) {
                boolean told = lower.contains(HexFormat.of().formatHex(secret))
                        || spellings(secret).stream().anyMatch(text::contains);
                // Without the text: it would put the secret into the report.
                assertFalse(told, "an exception contains a secret");
            }
        }

        private static List<String> spellings(byte[] secret) {
            String list = Arrays.toString(secret);
            return List.of(
                    new String(secret, StandardCharsets.UTF_8),
                    Base64.getEncoder().withoutPadding().encodeToString(secret),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
                    new BigInteger(1, secret).toString(),
                    new BigInteger(1, secret).toString(16),
                    list.substring(1, list.length() - 1));
        }
    }

    @Nested
    class Threads {
        @Test
        @DisplayName("K16 exchanges, signatures and new keys are right on several threads at once")
        void shareACustody() throws Exception {
            KeyLabel exchange = label(KeyRole.EXCHANGE);
            KeyLabel signing = label(KeyRole.SIGNING);
            CustodyKey exchanger = custody().generate(exchange);
            CustodyKey signer = custody().generate(signing);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int thread = 1; thread <= THREADS; thread++) {
                EcPoint point = PointOracle.multiply(EcPoint.generator(exchange.curve()), BigInteger.valueOf(thread));
                EcPoint expected = custody().exchange(exchange, exchanger, point);
                byte[] input = {(byte) thread};
                KeyLabel mine = new KeyLabel("thread-" + thread, 1, KeyRole.EXCHANGE, exchange.curve());
                tasks.add(() -> {
                    boolean right = true;
                    for (int round = 0; round < ROUNDS; round++) {
                        right &= expected.equals(custody().exchange(exchange, exchanger, point));
                        right &= verifies(signer, input, custody().sign(signing, signer, input));
                        serve(custody(), mine, custody().generate(mine));
                    }
                    return right;
                });
            }
            assertEquals(Collections.nCopies(THREADS, true), Parallel.run(tasks));
        }
    }

    @Nested
    class Destruction {
        @ParameterizedTest(name = "K19 {0}")
        @DisplayName("K19 a destroyed key does not serve, and no other key is harmed")
        @EnumSource
        void endsOneKey(KeyRole role) throws Exception {
            CustodyKey doomed = custody().generate(label(role));
            serve(custody(), label(role), doomed);
            CustodyKey sibling = custody().generate(label(role));
            CustodyKey another = custody().generate(other(label(role)));
            custody().destroy(label(role), doomed);
            custody().destroy(label(role), doomed);
            boolean reopened = false;
            do {
                if (custody().holdsKeys()) {
                    assertRefused(custody(), label(role), doomed, "destroyed; opened again: " + reopened);
                }
                serve(custody(), label(role), sibling);
                serve(custody(), other(label(role)), another);
                reopened = !reopened && custody().holdsKeys() && fixture().reopens();
                if (reopened) {
                    fixture().reopen();
                }
            } while (reopened);
        }

        @ParameterizedTest(name = "K20 {0}")
        @DisplayName("K20 a key is destroyed under no other label")
        @EnumSource
        void needsTheLabel(KeyRole role) {
            CustodyKey key = custody().generate(label(role));
            KeyLabel later = new KeyLabel("device-1", 2, role, Curve.P_256);
            for (KeyLabel wrong : List.of(other(label(role)), later, label(SealedForms.opposite(role)))) {
                try {
                    custody().destroy(wrong, key);
                } catch (CustodyException e) {
                    // A custody may say so, or do nothing.
                }
                serve(custody(), label(role), key);
            }
        }
    }

    @Nested
    class Readiness {
        @Test
        @DisplayName("K22 a custody that serves is ready, and one that lost its keys says so")
        void isTold() throws Exception {
            KeyLabel label = label(KeyRole.EXCHANGE);
            assertEquals(Optional.empty(), custody().unreadyReason(), "new");
            CustodyKey key = custody().generate(label);
            serve(custody(), label, key);
            assertEquals(Optional.empty(), custody().unreadyReason(), "in use");
            assumeTrue(fixture().loses(), "the fixture cannot take the keys away");
            fixture().lose();
            assertRefused(custody(), label, key, "lost");
            String reason = custody().unreadyReason().orElse("");
            assertFalse(reason.isBlank(), "ready although the keys are lost");
            for (byte[] secret : fixture().secrets()) {
                assertFalse(reason.contains(new String(secret, StandardCharsets.UTF_8)), "the reason has a secret");
            }
        }
    }
}
