package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.Set;

/**
 * The stored form of a webhook. The secret is not stored; the custody derives it from the two keys.
 *
 * @param generation of the keys; counts rotations from 1
 * @param key its private half is used in the multiplication
 * @param partner its public half is multiplied
 */
public record StoredWebhook(Webhook webhook, int generation, CustodyKey key, CustodyKey partner) {
    public PolicyRecord record() {
        return new PolicyRecord(
                RecordMapper.WEBHOOK,
                webhook.id(),
                webhook.version(),
                Json.write(this),
                Set.of(urlTerm(webhook.url().toString())),
                Set.of());
    }

    public static String urlTerm(String url) {
        return "url:" + Digest.hex(url);
    }

    public StoredWebhook with(Webhook other) {
        return new StoredWebhook(other, generation, key, partner);
    }
}
