package io.panocrypt.policy.internal.journal;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.history.Checkpoint;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Signatures of the site over journal statements: ES256 over the UTF-8 text, base64url without padding. */
public final class SiteSignature {
    private SiteSignature() {}

    public static String over(String text, KeyCustody custody, SiteIdentity site) {
        byte[] signature = custody.sign(
                SiteIdentity.CHECKPOINT_LABEL, site.checkpointKey(), text.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    /** Whether the key has signed the checkpoint. */
    public static boolean verifies(Checkpoint checkpoint, PublicJwk key) {
        return verifies(checkpoint.heads(), checkpoint.signature(), key);
    }

    /** Whether the key has signed the text; false for a malformed signature. */
    public static boolean verifies(String text, String signature, PublicJwk key) {
        try {
            return key.verify(
                    text.getBytes(StandardCharsets.UTF_8),
                    Base64.getUrlDecoder().decode(signature));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
