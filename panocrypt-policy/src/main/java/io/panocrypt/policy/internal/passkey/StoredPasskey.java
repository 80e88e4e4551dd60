package io.panocrypt.policy.internal.passkey;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The stored form of a passkey.
 *
 * @param siteSignature the site's over {@link #statement}, so that nobody who can write to the store, and lacks the master
 *     key, can add a passkey or give one to another member
 */
public record StoredPasskey(Passkey passkey, String siteSignature) {
    /** A member's passkeys; one more has no free slot. */
    public static final int MAX = 20;

    /** What the site signs: all that must not change. */
    public static String statement(Passkey passkey) {
        return String.join(
                "\n",
                "panocrypt-passkey-v1",
                passkey.id(),
                passkey.memberId(),
                passkey.credentialId(),
                passkey.publicKey(),
                String.valueOf(passkey.algorithm()),
                passkey.aaguid(),
                passkey.rpId(),
                passkey.created().toString());
    }

    public static String credentialTerm(String credentialId) {
        return "credential:" + Digest.hex(credentialId);
    }

    public static String memberTerm(String memberId) {
        return "member:" + memberId;
    }

    /** A unique term, so that a limit holds whatever is registered at the same time. */
    public static String slotTerm(String memberId, int slot) {
        return "slot:" + memberId + ":" + slot;
    }

    public boolean isSignedBy(PublicJwk site) {
        try {
            return site.verify(statement(passkey).getBytes(StandardCharsets.UTF_8), Base64Url.decode(siteSignature));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public PolicyRecord record(int slot) {
        return new PolicyRecord(
                RecordMapper.PASSKEY,
                passkey.id(),
                passkey.version(),
                Json.write(this),
                Set.of(credentialTerm(passkey.credentialId()), slotTerm(passkey.memberId(), slot)),
                Set.of(memberTerm(passkey.memberId())));
    }
}
