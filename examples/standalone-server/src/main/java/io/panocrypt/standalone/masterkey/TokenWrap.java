package io.panocrypt.standalone.masterkey;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.panocrypt.crypto.custody.MasterKeyWrap;
import io.panocrypt.crypto.custody.Pkcs11Wrap;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Wraps a master key under an AES-256 key in a PKCS#11 token, which is made there if it is missing.
 *
 * <p>The envelope is JSON of some 170 bytes with the alias of the token's key, which the tag covers. It names neither the
 * token nor the PIN's file.
 */
final class TokenWrap implements MasterKeyWrap {
    static final String KIND = "pkcs11-aes-gcm";
    private static final int VERSION = 1;
    private static final int SEALED_BYTES = 61;
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final KeyToken token;
    private final String alias;

    /** @param alias of the key that wraps; what was wrapped is opened under the alias in its envelope */
    TokenWrap(KeyToken token, String alias) {
        this.token = token;
        this.alias = alias;
    }

    /** The members of the envelope; byte arrays are base64. */
    private record Envelope(int v, String wrap, String alias, byte[] sealed) {
        boolean isComplete() {
            return v == VERSION && wrap.equals(KIND) && ALIAS.matcher(alias).matches() && sealed.length == SEALED_BYTES;
        }

        byte[] json() {
            try {
                return Envelopes.JSON.writeValueAsBytes(this);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public byte[] wrap(byte[] key) {
        try (Pkcs11Wrap opened = token.open(alias)) {
            return new Envelope(VERSION, KIND, alias, opened.wrap(key)).json();
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
        Envelope envelope = read(wrapped);
        try (Pkcs11Wrap opened = token.open(envelope.alias())) {
            return opened.unwrap(envelope.sealed());
        }
    }

    /** Accepts only the bytes that {@link #wrap} makes, with or without a line feed: base64 has spare bits. */
    private static Envelope read(byte[] wrapped) {
        Envelope envelope;
        try {
            envelope = Envelopes.JSON.readValue(wrapped, Envelope.class);
        } catch (IOException e) {
            throw Envelopes.damaged();
        }
        if (!envelope.isComplete()) {
            throw Envelopes.unknown();
        }
        byte[] exact = envelope.json();
        byte[] line = Arrays.copyOf(exact, exact.length + 1);
        line[exact.length] = '\n';
        if (!Arrays.equals(wrapped, exact) && !Arrays.equals(wrapped, line)) {
            throw Envelopes.damaged();
        }
        return envelope;
    }

    /** Does nothing: the secret is in the token. */
    @Override
    public void close() {
        // Each use of the token ends its login.
    }
}
