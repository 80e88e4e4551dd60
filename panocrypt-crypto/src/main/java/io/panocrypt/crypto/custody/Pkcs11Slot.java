package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.tang.KeyRole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.AuthProvider;
import java.security.Provider;
import java.security.Security;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The slot with the wanted token, and the JDK's provider over it.
 *
 * <p>The JDK tells nobody what a token says about itself, except that its provider prints it on request. So the search
 * reads what the provider prints while it is made.
 */
final class Pkcs11Slot {
    private static final String PROVIDER = "SunPKCS11";
    private static final int MAX_SLOTS = 256;
    /** The names of RFC 7512, and those that the JDK prints. */
    private static final Map<String, String> PRINTED =
            Map.of("token", "label", "serial", "serialNumber", "manufacturer", "manufacturerID", "model", "model");

    private static final List<String> AES_KEYS = List.of(
            "name = panocrypt-wrap",
            "attributes(generate, CKO_SECRET_KEY, CKK_AES) = {",
            "CKA_PRIVATE = true",
            "CKA_SENSITIVE = true",
            "CKA_EXTRACTABLE = false",
            "CKA_ENCRYPT = true",
            "CKA_DECRYPT = true",
            "}");

    private final Pkcs11Uri uri;
    private final String choice;

    private Pkcs11Slot(Pkcs11Uri uri, String choice) {
        this.uri = uri;
        this.choice = choice;
    }

    /**
     * Looks for the token.
     *
     * @return empty if no slot has it
     * @throws RuntimeException if the module cannot be used
     */
    static Optional<Pkcs11Slot> find(Pkcs11Uri uri) {
        if (uri.slot().isPresent()) {
            Pkcs11Slot slot = new Pkcs11Slot(uri, "slot = " + uri.slot().getAsLong());
            return Optional.of(slot).filter(Pkcs11Slot::hasToken);
        }
        for (int i = 0; i < MAX_SLOTS; i++) {
            Pkcs11Slot slot = new Pkcs11Slot(uri, "slotListIndex = " + i);
            try {
                if (slot.hasToken()) {
                    return Optional.of(slot);
                }
            } catch (RuntimeException e) {
                if (i == 0) {
                    throw e;
                }
                // The provider refuses an index beyond the last slot.
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A new provider over this slot, which makes keys that are good for a role and cannot be read. */
    Provider provider(KeyRole role) {
        return configured(keyPairs(role), false);
    }

    /** A new provider over this slot, which makes AES keys that cannot be read. */
    AuthProvider wrappingProvider() {
        return (AuthProvider) configured(AES_KEYS, false);
    }

    private boolean hasToken() {
        Map<String, String> says = new HashMap<>();
        boolean inToken = false;
        for (String line : printed().split("\\R")) {
            inToken |= line.startsWith("Token info");
            int colon = line.indexOf(": ");
            if (inToken && colon > 0) {
                says.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 2).strip());
            }
        }
        return inToken
                && uri.token().entrySet().stream()
                        .allMatch(wanted -> wanted.getValue().equals(says.get(PRINTED.get(wanted.getKey()))));
    }

    private String printed() {
        synchronized (Pkcs11Slot.class) {
            PrintStream before = System.out;
            ByteArrayOutputStream caught = new ByteArrayOutputStream();
            PrintStream catching = new PrintStream(new OfThisThread(caught, before), true, StandardCharsets.UTF_8);
            System.setOut(catching);
            try {
                configured(AES_KEYS, true);
            } finally {
                catching.flush();
                if (System.out == catching) {
                    System.setOut(before);
                }
            }
            return caught.toString(StandardCharsets.UTF_8);
        }
    }

    private Provider configured(List<String> purpose, boolean prints) {
        Provider unconfigured = Security.getProvider(PROVIDER);
        if (unconfigured == null) {
            throw new IllegalStateException(
                    "the Java runtime has no provider " + PROVIDER + ": it needs the module jdk.crypto.cryptoki");
        }
        // Two dashes: what follows is the configuration itself and no file.
        return unconfigured.configure("--" + configuration(purpose, prints));
    }

    private String configuration(List<String> purpose, boolean prints) {
        return String.join(
                        "\n", "library = " + uri.module(), choice, "showInfo = " + prints, String.join("\n", purpose))
                + "\n";
    }

    /**
     * The derived secret must be readable: it is the x coordinate that goes to the client. Signing is allowed to all keys,
     * because each signs its own certificate.
     */
    private static List<String> keyPairs(KeyRole role) {
        return List.of(
                "name = panocrypt-" + (role == KeyRole.EXCHANGE ? "exchange" : "signing"),
                "attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {",
                "CKA_TOKEN = true",
                "CKA_PRIVATE = true",
                "CKA_SENSITIVE = true",
                "CKA_EXTRACTABLE = false",
                "CKA_SIGN = true",
                "CKA_DERIVE = " + (role == KeyRole.EXCHANGE),
                "}",
                "attributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {",
                "CKA_TOKEN = false",
                "CKA_SENSITIVE = false",
                "CKA_EXTRACTABLE = true",
                "}");
    }

    /** Catches what one thread writes, and lets the rest pass. */
    private static final class OfThisThread extends OutputStream {
        private final Thread thread = Thread.currentThread();
        private final OutputStream caught;
        private final OutputStream others;

        OfThisThread(OutputStream caught, OutputStream others) {
            this.caught = caught;
            this.others = others;
        }

        @Override
        public void write(int b) throws IOException {
            target().write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            target().write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            target().flush();
        }

        private OutputStream target() {
            return Thread.currentThread() == thread ? caught : others;
        }
    }
}
