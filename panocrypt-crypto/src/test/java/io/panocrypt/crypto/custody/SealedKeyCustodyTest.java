package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Oracle;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SealedKeyCustodyTest {
    private static final KeyLabel LABEL = new KeyLabel("device-1", 1, KeyRole.EXCHANGE, Curve.P_256);
    private static final EcPoint POINT = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(31337));

    @TempDir
    Path folder;

    private final SecureRandom random = new SecureRandom();
    private final EcEngine engine = new JcaEngine(random);
    private MasterKey master;
    private SealedKeyCustody custody;

    @BeforeEach
    void open() throws IOException {
        master = MasterKey.create(folder.resolve("master.key"), random);
        custody = new SealedKeyCustody(master, engine, random);
    }

    @AfterEach
    void close() {
        master.close();
    }

    @Nested
    class WhenKeysServeUnderTheirLabel {
        @ParameterizedTest
        @EnumSource
        void exchangesAsTheEngineWould(Curve curve) {
            KeyLabel label = new KeyLabel("device-1", 0, KeyRole.EXCHANGE, curve);
            // k = 1000 is known here, so the oracle knows the answer.
            EcKeyPair known = Oracle.pair(curve, BigInteger.valueOf(1000));
            SealedKeyCustody scripted = new SealedKeyCustody(master, new Scripted(known), random);
            CustodyKey key = scripted.generate(label);
            EcPoint point = Oracle.publicPoint(curve, BigInteger.valueOf(31337));
            assertEquals(Oracle.publicPoint(curve, BigInteger.valueOf(31337000)), custody.exchange(label, key, point));
            assertEquals(PublicJwk.of(KeyRole.EXCHANGE, known.publicKey()), key.publicKey());
        }

        @ParameterizedTest
        @EnumSource
        void signsWhatItsPublicKeyVerifies(Curve curve) {
            KeyLabel label = new KeyLabel("device-1", 0, KeyRole.SIGNING, curve);
            CustodyKey key = custody.generate(label);
            byte[] input = {4, 2};
            assertTrue(key.publicKey().verify(input, custody.sign(label, key, input)));
        }

        @Test
        void opensAgainUnderTheReloadedMasterKey() throws IOException {
            CustodyKey key = custody.generate(LABEL);
            try (MasterKey again = MasterKey.load(folder.resolve("master.key"))) {
                SealedKeyCustody second = new SealedKeyCustody(again, engine, random);
                assertEquals(custody.exchange(LABEL, key, POINT), second.exchange(LABEL, key, POINT));
                assertEquals(custody.fingerprint(), second.fingerprint());
            }
        }

        @Test
        void refusesTheOtherRolesWork() {
            CustodyKey key = custody.generate(LABEL);
            assertThrows(IllegalArgumentException.class, () -> custody.sign(LABEL, key, new byte[1]));
            KeyLabel signing = new KeyLabel("device-1", 1, KeyRole.SIGNING, Curve.P_256);
            assertThrows(IllegalArgumentException.class, () -> custody.exchange(signing, key, POINT));
            assertThrows(
                    IllegalArgumentException.class, () -> custody.exchange(LABEL, key, EcPoint.generator(Curve.P_384)));
        }
    }

    @Nested
    class WhenAStoresRowIsSwapped {
        private void refused(KeyLabel label, CustodyKey key) {
            assertThrows(CustodyException.class, () -> custody.exchange(label, key, POINT));
        }

        @Test
        void opensForNoOtherOwner() {
            CustodyKey key = custody.generate(LABEL);
            refused(new KeyLabel("device-2", 1, KeyRole.EXCHANGE, Curve.P_256), key);
            refused(new KeyLabel("device-11", 1, KeyRole.EXCHANGE, Curve.P_256), key);
        }

        @Test
        void opensForNoOtherGeneration() {
            refused(new KeyLabel("device-1", 2, KeyRole.EXCHANGE, Curve.P_256), custody.generate(LABEL));
        }

        @Test
        void opensForNoOtherRole() {
            KeyLabel signing = new KeyLabel("device-1", 1, KeyRole.SIGNING, Curve.P_256);
            CustodyKey key = custody.generate(signing);
            refused(LABEL, key);
            PublicJwk disguised = PublicJwk.of(KeyRole.EXCHANGE, key.publicKey().point());
            refused(LABEL, new CustodyKey(disguised, key.sealed()));
        }

        @Test
        void opensForNoOtherPublicKey() {
            CustodyKey key = custody.generate(LABEL);
            CustodyKey other = custody.generate(LABEL);
            PublicJwk negative =
                    PublicJwk.of(KeyRole.EXCHANGE, key.publicKey().point().negate());
            refused(LABEL, new CustodyKey(other.publicKey(), key.sealed()));
            refused(LABEL, new CustodyKey(negative, key.sealed()));
        }

        @Test
        void opensForNoOtherCurve() {
            CustodyKey key = custody.generate(LABEL);
            KeyLabel label = new KeyLabel("device-1", 1, KeyRole.EXCHANGE, Curve.P_384);
            assertThrows(CustodyException.class, () -> custody.exchange(label, key, EcPoint.generator(Curve.P_384)));
        }

        @Test
        void opensWithNoByteChanged() {
            CustodyKey key = custody.generate(LABEL);
            for (int i = 0; i < key.sealed().length; i++) {
                byte[] altered = key.sealed();
                altered[i] ^= 1;
                refused(LABEL, new CustodyKey(key.publicKey(), altered));
            }
            refused(LABEL, new CustodyKey(key.publicKey(), new byte[0]));
            refused(LABEL, new CustodyKey(key.publicKey(), Arrays.copyOf(key.sealed(), 60)));
        }

        @Test
        void opensUnderNoOtherMasterKey() throws IOException {
            CustodyKey key = custody.generate(LABEL);
            try (MasterKey other = MasterKey.create(folder.resolve("other.key"), random)) {
                SealedKeyCustody foreign = new SealedKeyCustody(other, engine, random);
                assertThrows(CustodyException.class, () -> foreign.exchange(LABEL, key, POINT));
            }
        }

        @Test
        void neverAnswersForAPairThatWasSealedMismatched() {
            byte[] scalar = Oracle.bytes(Curve.P_256, BigInteger.valueOf(1000));
            EcPoint wrong = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(1001));
            EcEngine lying = new Scripted(EcKeyPair.of(Curve.P_256, scalar, wrong));
            CustodyKey key = new SealedKeyCustody(master, lying, random).generate(LABEL);
            refused(LABEL, key);
        }
    }

    @Nested
    class WhenShown {
        @Test
        void keepsSealedBytesOutOfTextAndOutOfReach() {
            CustodyKey key = custody.generate(LABEL);
            byte[] sealed = key.sealed();
            assertEquals("CustodyKey[" + key.publicKey().kid() + "]", key.toString());
            Arrays.fill(key.sealed(), (byte) 0);
            assertArrayEquals(sealed, key.sealed());
            assertEquals(key, new CustodyKey(key.publicKey(), sealed));
            assertEquals(key.hashCode(), new CustodyKey(key.publicKey(), sealed).hashCode());
            assertNotEquals(key, new CustodyKey(key.publicKey(), new byte[3]));
        }

        @Test
        void sealsEveryKeyWithANonceOfItsOwn() {
            EcKeyPair known = Oracle.pair(Curve.P_256, BigInteger.valueOf(1000));
            byte[] one = new SealedKeyCustody(master, new Scripted(known), random)
                    .generate(LABEL)
                    .sealed();
            EcKeyPair same = Oracle.pair(Curve.P_256, BigInteger.valueOf(1000));
            byte[] two = new SealedKeyCustody(master, new Scripted(same), random)
                    .generate(LABEL)
                    .sealed();
            assertFalse(Arrays.equals(Arrays.copyOf(one, 13), Arrays.copyOf(two, 13)));
        }

        @Test
        void labelsNeedAnOwnerAndAGeneration() {
            assertThrows(IllegalArgumentException.class, () -> new KeyLabel("", 0, KeyRole.SIGNING, Curve.P_256));
            assertThrows(IllegalArgumentException.class, () -> new KeyLabel("a", -1, KeyRole.SIGNING, Curve.P_256));
        }
    }

    /** An engine that draws one given pair. */
    private record Scripted(EcKeyPair pair) implements EcEngine {
        @Override
        public EcKeyPair generate(Curve curve) {
            return pair;
        }

        @Override
        public ScalarMultiplier multiplier(EcKeyPair key) {
            throw new UnsupportedOperationException();
        }
    }
}
