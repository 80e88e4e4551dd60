package io.panocrypt.policy.internal.passkey;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * The authenticator data of a registration or an assertion.
 *
 * @param bytes all of it
 */
record AuthenticatorData(byte[] bytes) {
    /** SHA-256 of the relying party's id, flags, and counter. */
    private static final int FIXED = 37;

    private static final int MAX = 2_048;
    private static final int USER_PRESENT = 1;
    private static final int USER_VERIFIED = 4;
    private static final int BACKUP_ELIGIBLE = 8;
    private static final int BACKED_UP = 16;
    private static final int ATTESTED = 64;
    private static final int EXTENDED = 128;

    /**
     * The attested credential data of a registration.
     *
     * @param rest from the public key on
     */
    record Credential(UUID aaguid, byte[] id, byte[] rest) {}

    private boolean has(int flag) {
        return (bytes[32] & flag) != 0;
    }

    boolean hasExtensions() {
        return has(EXTENDED);
    }

    long counter() {
        return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt(33));
    }

    /** Why it is none for that relying party, or of a user who was not verified; empty if it is. */
    Optional<String> problem(String rpId, boolean registration) {
        if (bytes.length < FIXED || bytes.length > MAX) {
            return Optional.of("the authenticator data has a wrong length");
        }
        if (!Arrays.equals(Arrays.copyOf(bytes, 32), Sha256.of(rpId))) {
            return Optional.of("the passkey is for another relying party");
        }
        if (!has(USER_PRESENT) || !has(USER_VERIFIED)) {
            return Optional.of("the authenticator has not verified the user");
        }
        if (has(BACKED_UP) && !has(BACKUP_ELIGIBLE)) {
            return Optional.of("the authenticator data contradicts itself");
        }
        if (registration != has(ATTESTED)) {
            return Optional.of("the authenticator data is of another kind");
        }
        // The extensions of an assertion are signed, and mean nothing here.
        boolean fits = registration || (bytes.length > FIXED) == hasExtensions();
        return fits ? Optional.empty() : Optional.of("the authenticator data has a wrong length");
    }

    /** Empty if it is cut off. */
    Optional<Credential> credential() {
        ByteBuffer in = ByteBuffer.wrap(bytes).position(FIXED);
        if (in.remaining() < 18) {
            return Optional.empty();
        }
        UUID aaguid = new UUID(in.getLong(), in.getLong());
        byte[] id = new byte[Short.toUnsignedInt(in.getShort())];
        if (in.remaining() < id.length) {
            return Optional.empty();
        }
        in.get(id);
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return Optional.of(new Credential(aaguid, id, rest));
    }
}
