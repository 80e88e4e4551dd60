package io.panocrypt.policy.notify;

import com.zerodeplibs.webpush.MessageEncryptions;
import com.zerodeplibs.webpush.PushMessage;
import com.zerodeplibs.webpush.UserAgentMessageEncryptionKeyInfo;
import java.nio.ByteBuffer;

/** Encrypts push messages (RFC 8291); no other class uses the library for this. Immutable and thread-safe. */
final class PushSealer {
    /**
     * In bytes, the record size that RFC 8291 section 4 requires: larger than the record itself, and accepted by push
     * services.
     */
    static final int RECORD_SIZE = 4_096;

    /** The offset of the record size in the header, after the salt (RFC 8188 section 2.1). */
    private static final int RECORD_SIZE_AT = 16;

    /** Loads the library: if it is missing, this fails, and not the first push. */
    PushSealer() {
        MessageEncryptions.of();
    }

    /** Encrypts the message in aes128gcm coding. */
    byte[] encrypt(PushSubscription subscription, byte[] message) {
        // One for each message: the library's encryption shares its MAC between calls, which is not thread-safe.
        byte[] sealed = MessageEncryptions.of()
                .encrypt(
                        UserAgentMessageEncryptionKeyInfo.of(subscription.p256dh(), subscription.auth()),
                        PushMessage.of(message))
                .toBytes();
        // The library writes the record's own size, but RFC 8291 section 4 requires a larger one.
        ByteBuffer.wrap(sealed).putInt(RECORD_SIZE_AT, RECORD_SIZE);
        return sealed;
    }
}
