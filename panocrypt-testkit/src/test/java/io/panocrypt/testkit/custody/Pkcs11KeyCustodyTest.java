package io.panocrypt.testkit.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.Pkcs11KeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyStore;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes beyond the contract: what a token shows of keys, and what happens when it fails. */
@RequiresTools(SoftHsm.UTIL)
class Pkcs11KeyCustodyTest {
    private static final KeyLabel LABEL = new KeyLabel("device-1", 1, KeyRole.EXCHANGE, Curve.P_521);
    private static final EcPoint G = EcPoint.generator(Curve.P_521);

    private SoftHsm hsm;
    private KeyCustody custody;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        hsm = new SoftHsm("spare", "unlock");
        custody = Pkcs11KeyCustody.open(hsm.uri("unlock"));
    }

    @AfterEach
    void close() throws IOException {
        if (hsm != null) {
            hsm.close();
        }
    }

    private List<String> aliases(String token) throws Exception {
        // The order of the slots is the library's choice.
        for (int slot = 0; slot < 2; slot++) {
            Provider provider = hsm.provider("list", slot);
            KeyStore listed = KeyStore.getInstance("PKCS11", provider);
            listed.load(null, SoftHsm.PIN.toCharArray());
            List<String> aliases = Collections.list(listed.aliases()).stream()
                    .filter(alias -> alias.startsWith("panocrypt-"))
                    .sorted()
                    .toList();
            if (aliases.isEmpty() == token.equals("spare")) {
                return aliases;
            }
        }
        throw new AssertionError("no such token");
    }

    @Test
    void makesKeysInTheNamedTokenOnly() throws Exception {
        custody.generate(LABEL);
        assertEquals(2, aliases("unlock").size(), "the key and the identity");
        assertEquals(List.of(), aliases("spare"));
    }

    @Test
    void makesKeysThatCannotBeRead() throws Exception {
        custody.generate(LABEL);
        int seen = 0;
        for (int slot = 0; slot < 2; slot++) {
            KeyStore listed = KeyStore.getInstance("PKCS11", hsm.provider("list", slot));
            listed.load(null, SoftHsm.PIN.toCharArray());
            for (String alias : Collections.list(listed.aliases())) {
                var key = listed.getKey(alias, null);
                assertNull(key.getEncoded(), "the key was read out of the token");
                assertTrue(key.toString().contains("token object"), key.toString());
                assertTrue(key.toString().contains("sensitive, unextractable"), key.toString());
                seen++;
            }
        }
        assertEquals(2, seen);
    }

    @Test
    void makesSigningKeysThatDeriveNothing() throws Exception {
        custody.generate(new KeyLabel("device-1", 1, KeyRole.SIGNING, Curve.P_521));
        int refused = 0;
        for (int slot = 0; slot < 2; slot++) {
            Provider provider = hsm.provider("derive", slot);
            KeyStore listed = KeyStore.getInstance("PKCS11", provider);
            listed.load(null, SoftHsm.PIN.toCharArray());
            for (String alias : Collections.list(listed.aliases())) {
                KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
                agreement.init(listed.getKey(alias, null));
                agreement.doPhase(listed.getCertificate(alias).getPublicKey(), true);
                Exception thrown = assertThrows(Exception.class, agreement::generateSecret);
                assertTrue(
                        String.valueOf(thrown.getCause()).contains("CKR_KEY_FUNCTION_NOT_PERMITTED"), thrown::toString);
                refused++;
            }
        }
        assertEquals(2, refused, "the key and the identity");
    }

    @Test
    void deletesTheCertificateWithTheKey() throws Exception {
        CustodyKey key = custody.generate(LABEL);
        custody.destroy(LABEL, key);
        assertEquals(1, aliases("unlock").size(), "the identity only");
    }

    @Test
    void logsInAgainWhenTheTokenEndsTheLogin() throws Exception {
        CustodyKey key = custody.generate(LABEL);
        for (int round = 0; round < 3; round++) {
            assertEquals(key.publicKey().point(), custody.exchange(LABEL, key, G));
            hsm.logOut();
        }
        assertEquals(key.publicKey().point(), custody.exchange(LABEL, key, G));
        assertEquals(Optional.empty(), custody.unreadyReason());
    }

    @Test
    void findsKeysThatAnotherNodeMade() throws Exception {
        KeyCustody node = Pkcs11KeyCustody.open(hsm.uri("unlock"));
        String fingerprint = node.fingerprint();
        CustodyKey key = custody.generate(LABEL);
        // The other node's list is older than the key, and it reads the list again when it is 2 seconds old.
        assertEquals(key.publicKey().point(), eventually(() -> node.exchange(LABEL, key, G)));
        assertEquals(fingerprint, custody.fingerprint());
        node.destroy(LABEL, key);
        assertThrows(CustodyException.class, () -> custody.exchange(LABEL, key, G));
    }

    private static <T> T eventually(Callable<T> work) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (true) {
            try {
                return work.call();
            } catch (CustodyException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void doesNotTryARefusedPinAgain() throws Exception {
        hsm.writePin("wrong-12345");
        KeyCustody closed = Pkcs11KeyCustody.open(hsm.uri("unlock"));
        CustodyException refused = assertThrows(CustodyException.class, () -> closed.generate(LABEL));
        assertTrue(refused.getMessage().contains("refused the PIN"), refused.getMessage());
        // With the right PIN, a second try would succeed.
        hsm.writePin(SoftHsm.PIN);
        assertThrows(CustodyException.class, () -> closed.generate(LABEL));
        assertEquals(Optional.of(refused.getMessage()), closed.unreadyReason());
        Pkcs11KeyCustody.open(hsm.uri("unlock")).generate(LABEL);
    }

    @Test
    void saysThatTheTokenIsNotThere() throws Exception {
        KeyCustody none = Pkcs11KeyCustody.open(hsm.uri("lost"));
        assertTrue(none.unreadyReason().orElse("").contains("is not there"));
        assertThrows(CustodyException.class, () -> none.generate(LABEL));
    }

    @Test
    void isNotReadyWithoutItsTokenAlsoWhenNobodyAsksForKeys() throws Exception {
        CustodyKey key = custody.generate(LABEL);
        hsm.lose();
        String reason =
                eventually(() -> custody.unreadyReason().orElseThrow(() -> new CustodyException("still ready", null)));
        assertFalse(reason.contains(hsm.uri("unlock")), reason);
        assertThrows(CustodyException.class, () -> custody.exchange(LABEL, key, G));
    }

    @Test
    @Tag("long")
    void isExactForManyThreads() throws Exception {
        long seed = System.nanoTime();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Curve curve = Curve.values()[thread % 3];
            KeyLabel label = new KeyLabel("device-" + thread, 1, KeyRole.EXCHANGE, curve);
            CustodyKey key = custody.generate(label);
            Random random = new Random(seed + thread);
            tasks.add(() -> {
                for (int round = 0; round < 500; round++) {
                    BigInteger k = new BigInteger(curve.n().bitLength() - 1, random).add(BigInteger.ONE);
                    EcPoint point = PointOracle.multiply(EcPoint.generator(curve), k);
                    EcPoint expected = PointOracle.multiply(key.publicKey().point(), k);
                    assertArrayEquals(
                            expected.uncompressed(),
                            custody.exchange(label, key, point).uncompressed(),
                            () -> "seed " + seed + ", k " + k);
                }
                return true;
            });
        }
        assertEquals(Collections.nCopies(8, true), Parallel.run(tasks));
    }
}
