package io.panocrypt.policy.internal.notice;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.Rewrapping;
import io.panocrypt.policy.internal.records.StoredWebhook;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets of webhooks. No store holds them: each is derived from the ECDH product of two P-256 keys in the custody.
 *
 * <p>A reader of the store alone sees two public and two sealed keys. The secret is HMAC-SHA256, keyed with the product's x
 * coordinate, over a purpose and the webhook's id. Thread-safe.
 */
public final class WebhookSecrets implements ContactSecrets {
    private static final String PURPOSE = "panocrypt/webhook-secret/v1";
    private static final String PREFIX = "whsec_";
    private static final String HMAC = "HmacSHA256";

    private final Store store;
    private final KeyCustody custody;

    public WebhookSecrets(Store store, KeyCustody custody) {
        this.store = store;
        this.custody = custody;
    }

    @Override
    public List<String> find(URI contact) {
        return store.find(RecordMapper.WEBHOOK, StoredWebhook.urlTerm(contact.toString()))
                .map(found -> secret(RecordMapper.read(found, StoredWebhook.class)))
                .map(List::of)
                .orElse(List.of());
    }

    /** Generates new keys for a webhook, and so a new secret. */
    public StoredWebhook make(Webhook webhook, int generation) {
        return new StoredWebhook(
                webhook,
                generation,
                custody.generate(label(webhook, generation, "key")),
                custody.generate(label(webhook, generation, "partner")),
                null);
    }

    /** The next version of the webhook, with its keys as the operation returns them. */
    public static StoredWebhook rewrapped(StoredWebhook stored, Rewrapping operation) {
        Webhook webhook = stored.webhook();
        return stored.rewrapped(
                operation.apply(label(webhook, stored.generation(), "key"), stored.key()),
                operation.apply(label(webhook, stored.generation(), "partner"), stored.partner()));
    }

    public String secret(StoredWebhook stored) {
        return secret(custody, stored);
    }

    public static String secret(KeyCustody custody, StoredWebhook stored) {
        byte[] shared = custody.exchange(
                        label(stored.webhook(), stored.generation(), "key"),
                        stored.key(),
                        stored.partner().publicKey().point())
                .x();
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(shared, HMAC));
            mac.update(PURPOSE.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0);
            byte[] secret = mac.doFinal(stored.webhook().id().getBytes(StandardCharsets.UTF_8));
            return PREFIX + Base64.getEncoder().encodeToString(secret);
        } catch (GeneralSecurityException e) {
            throw new CustodyException("no secret could be derived", e);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    private static KeyLabel label(Webhook webhook, int generation, String part) {
        return new KeyLabel("webhook/" + webhook.id() + "/" + part, generation, KeyRole.EXCHANGE, Curve.P_256);
    }
}
