package io.panocrypt.testkit.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.Pkcs11KeyCustody;
import io.panocrypt.crypto.custody.Pkcs11Wrap;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.FailedLoginException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master key under a key in a real token. */
@RequiresTools(SoftHsm.UTIL)
class Pkcs11WrapTest {
    private static final String ALIAS = "panocrypt-master-key";
    private static final byte[] MASTER = new byte[32];

    static {
        new SecureRandom().nextBytes(MASTER);
    }

    private SoftHsm hsm;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        hsm = new SoftHsm("unlock", "other");
    }

    @AfterEach
    void close() throws IOException {
        if (hsm != null) {
            hsm.close();
        }
    }

    private Pkcs11Wrap wrap(String token) throws IOException {
        return Pkcs11Wrap.open(hsm.uri(token), ALIAS);
    }

    private CustodyException refusal(String token, byte[] wrapped) {
        return assertThrows(CustodyException.class, () -> wrap(token).unwrap(wrapped));
    }

    /** The keys with the alias in both tokens, whose slots are in an order that the library chooses. */
    private List<Key> keys() throws Exception {
        List<Key> found = new ArrayList<>();
        for (int slot = 0; slot < 2; slot++) {
            KeyStore listed = KeyStore.getInstance("PKCS11", hsm.provider("list", slot));
            listed.load(null, SoftHsm.PIN.toCharArray());
            for (String alias : Collections.list(listed.aliases())) {
                assertEquals(ALIAS, alias);
                found.add(listed.getKey(alias, null));
            }
        }
        return found;
    }

    @Test
    void makesOneKeyThatCannotBeRead() throws Exception {
        byte[] wrapped = wrap("unlock").wrap(MASTER);
        byte[] again = wrap("unlock").wrap(MASTER);
        assertFalse(Arrays.equals(wrapped, again), "two forms are equal");
        assertArrayEquals(MASTER, wrap("unlock").unwrap(wrapped));
        assertArrayEquals(MASTER, wrap("unlock").unwrap(again));
        assertEquals(1, keys().size(), "in both tokens");
        Key key = keys().get(0);
        assertNull(key.getEncoded());
        String attributes = key.toString();
        // The JDK counts bytes here, and calls them bits.
        assertTrue(attributes.matches(".* (32|256) bits .*"), attributes);
        for (String wanted : List.of("AES", "token object", "sensitive", "unextractable")) {
            assertTrue(attributes.contains(wanted), attributes);
        }
    }

    @Test
    void opensNothingThatWasChangedOrWrappedElsewhere() throws Exception {
        byte[] wrapped = wrap("unlock").wrap(MASTER);
        assertEquals(
                "the key store has no secret key " + ALIAS,
                refusal("other", wrapped).getMessage());
        wrap("other").wrap(MASTER);
        refusal("other", wrapped);
        assertThrows(
                CustodyException.class,
                () -> Pkcs11Wrap.open(hsm.uri("unlock"), "another").unwrap(wrapped));
        for (int i = 0; i < wrapped.length; i++) {
            byte[] changed = wrapped.clone();
            changed[i] ^= 1;
            refusal("unlock", changed);
            refusal("unlock", Arrays.copyOf(wrapped, i));
        }
        assertArrayEquals(MASTER, wrap("unlock").unwrap(wrapped), "the token is unharmed");
    }

    @Test
    void triesAWrongPinOnceAndRepeatsItNowhere() throws Exception {
        byte[] wrapped = wrap("unlock").wrap(MASTER);
        hsm.writePin("wrong-98765");
        CustodyException refused = refusal("unlock", wrapped);
        assertTrue(refused.getMessage().contains("refused the PIN"), refused.getMessage());
        assertInstanceOf(FailedLoginException.class, refused.getCause());
        for (Throwable at = refused; at != null; at = at.getCause()) {
            assertFalse(String.valueOf(at.getMessage()).contains("98765"), at::toString);
        }
        assertThrows(CustodyException.class, () -> wrap("other").wrap(MASTER));
        hsm.writePin(SoftHsm.PIN);
        assertArrayEquals(MASTER, wrap("unlock").unwrap(wrapped));
        assertEquals(1, keys().size(), "no key was made");
    }

    @Test
    void saysThatTheTokenIsNotThere() throws Exception {
        byte[] wrapped = wrap("unlock").wrap(MASTER);
        assertTrue(refusal("lost", wrapped).getMessage().contains("is not there"));
        hsm.lose();
        CustodyException gone = refusal("unlock", wrapped);
        assertTrue(gone.getMessage().contains("hardware token"), gone.getMessage());
    }

    /** A server may have its device keys in the same token. */
    @Test
    void sharesATokenWithTheKeysOfDevices() throws Exception {
        KeyCustody custody = Pkcs11KeyCustody.open(hsm.uri("unlock"));
        custody.generate(new KeyLabel("device-1", 1, KeyRole.EXCHANGE, Curve.P_256));
        byte[] wrapped = wrap("unlock").wrap(MASTER);
        custody.generate(new KeyLabel("device-1", 1, KeyRole.SIGNING, Curve.P_256));
        assertEquals(Optional.empty(), custody.unreadyReason());
        assertArrayEquals(MASTER, wrap("unlock").unwrap(wrapped));
        custody.generate(new KeyLabel("device-2", 1, KeyRole.EXCHANGE, Curve.P_256));
    }
}
