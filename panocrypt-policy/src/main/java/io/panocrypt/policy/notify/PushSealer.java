package io.panocrypt.policy.notify;

import com.zerodeplibs.webpush.MessageEncryptions;
import com.zerodeplibs.webpush.PushMessage;
import com.zerodeplibs.webpush.UserAgentMessageEncryptionKeyInfo;
import java.nio.ByteBuffer;

/** Encrypts push messages (RFC 8291); the only class that knows the library. Immutable and thread-safe. */
final class PushSealer {
    /** The record size that RFC 8291 section 4 asks for: above the one record's own, and what push services take. */
    static final int RECORD_SIZE = 4_096;

    /** Where the record size stands in the header, after the salt (RFC 8188 section 2.1). */
    private static final int RECORD_SIZE_AT = 16;

    /** Whoever makes one learns that the library is missing, and not whoever has something to push. */
    PushSealer() {
        MessageEncryptions.of();
    }

    /** The message in aes128gcm coding. */
    byte[] encrypt(PushSubscription subscription, byte[] message) {
        // One per message: the library's encryption shares its MAC between calls, which is not thread-safe.
        byte[] sealed = MessageEncryptions.of()
                .encrypt(
                        UserAgentMessageEncryptionKeyInfo.of(subscription.p256dh(), subscription.auth()),
                        PushMessage.of(message))
                .toBytes();
        // The library writes the record's own size, where RFC 8291 section 4 asks for a greater one.
        ByteBuffer.wrap(sealed).putInt(RECORD_SIZE_AT, RECORD_SIZE);
        return sealed;
    }
}
