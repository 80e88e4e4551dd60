package io.panocrypt.policy.notify;

import com.zerodeplibs.webpush.MessageEncryptions;
import com.zerodeplibs.webpush.PushMessage;
import com.zerodeplibs.webpush.UserAgentMessageEncryptionKeyInfo;
import com.zerodeplibs.webpush.VAPIDKeyPair;
import com.zerodeplibs.webpush.VAPIDKeyPairs;
import com.zerodeplibs.webpush.jwt.VAPIDJWTParam;
import com.zerodeplibs.webpush.key.PrivateKeySources;
import com.zerodeplibs.webpush.key.PublicKeySources;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;

/** Encrypts push messages (RFC 8291) and signs for their sender (RFC 8292); the only class that knows the library. */
final class PushSealer {
    /** The record size that RFC 8291 section 4 asks for: above the one record's own, and what push services take. */
    static final int RECORD_SIZE = 4_096;

    /** Where the record size stands in the header, after the salt (RFC 8188 section 2.1). */
    private static final int RECORD_SIZE_AT = 16;

    private final VAPIDKeyPair key;
    private final URI subject;

    PushSealer(EcKeyPair key, URI subject) {
        this.key = VAPIDKeyPairs.of(
                PrivateKeySources.ofECPrivateKey((ECPrivateKey) key.toJcaPrivateKey(JcaEngine.jdkProvider())),
                PublicKeySources.ofECPublicKey(key.publicKey().toJcaPublicKey()));
        this.subject = subject;
    }

    String applicationServerKey() {
        return key.extractPublicKeyInUncompressedFormAsString();
    }

    /** The Authorization header for a push service. */
    String authorization(HttpTarget endpoint, Instant expires) {
        return key.generateAuthorizationHeaderValue(VAPIDJWTParam.getBuilder()
                .resourceURLString("https://" + endpoint.authority())
                .expirationTime(expires)
                .subject(subject.toString())
                .build());
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
