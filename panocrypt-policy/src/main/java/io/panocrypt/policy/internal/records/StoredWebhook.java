package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.Set;

/**
 * A webhook as its record keeps it. Its secret is not in there: it is what the custody makes of the two keys.
 *
 * @param generation of the keys; counts rotations from 1
 * @param key is multiplied with
 * @param partner whose public half the other is multiplied with
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
