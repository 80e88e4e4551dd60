package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a webhook. The secret is not stored; the custody derives it from the two keys.
 *
 * @param generation of the keys; counts rotations from 1
 * @param key its private half is used in the multiplication
 * @param partner its public half is multiplied
 * @param sameSince the first version that showed the same webhook: later ones only sealed its keys again. Null for this
 *     version
 */
public record StoredWebhook(
        Webhook webhook,
        int generation,
        CustodyKey key,
        CustodyKey partner,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long sameSince) {

    /** Whether an operator who saw that version saw this webhook. */
    public boolean isShownBy(long version) {
        return version <= webhook.version() && version >= (sameSince == null ? webhook.version() : sameSince);
    }

    /** The next version of the same webhook, with these keys. */
    public StoredWebhook rewrapped(CustodyKey sealedKey, CustodyKey sealedPartner) {
        Webhook next =
                new Webhook(webhook.id(), webhook.url(), webhook.events(), webhook.created(), webhook.version() + 1);
        return new StoredWebhook(
                next,
                generation,
                sealedKey,
                sealedPartner,
                sameSince == null ? Long.valueOf(webhook.version()) : sameSince);
    }

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
        return new StoredWebhook(other, generation, key, partner, null);
    }
}
