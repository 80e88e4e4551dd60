package io.panocrypt.policy.internal.backup;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.notice.VapidKey;
import io.panocrypt.policy.internal.notice.WebhookSecrets;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.records.StoredWebhook;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Uses every key in a backup once. Not thread-safe. */
public final class KeyCheck {
    private static final byte[] PROBE = "panocrypt backup".getBytes(StandardCharsets.US_ASCII);

    private final KeyCustody custody;
    private final List<String> unusable = new ArrayList<>();

    public KeyCheck(KeyCustody custody) {
        this.custody = custody;
    }

    /** The keys that do not open, in words for operators. */
    public List<String> unusable() {
        return unusable;
    }

    /** Checks the keys in a record, if it holds any. */
    public void check(PolicyRecord record) {
        String name = record.kind() + " " + record.id();
        try {
            switch (record.kind()) {
                case RecordMapper.DEVICE -> device(RecordMapper.read(record, StoredDevice.class));
                case RecordMapper.WEBHOOK ->
                    attempt(name, () -> webhook(RecordMapper.read(record, StoredWebhook.class)));
                case RecordMapper.SITE -> attempt(name, () -> site(record));
                default -> {
                    // No other kind has keys.
                }
            }
        } catch (UnreadableRecordException e) {
            unusable.add(name + " cannot be read");
        }
    }

    private void device(StoredDevice stored) {
        for (SealedKeys keys : stored.keys()) {
            if (!keys.custody().equals(SealedKeys.SITE)) {
                // The backup has only a reference to it.
                continue;
            }
            String name = "device " + stored.device().name() + ", generation " + keys.generation();
            String id = stored.device().id();
            attempt(name + ", exchange key", () -> exchange(label(id, keys, keys.exchange()), keys.exchange()));
            attempt(name + ", signing key", () -> sign(label(id, keys, keys.signing()), keys.signing()));
        }
    }

    private static KeyLabel label(String device, SealedKeys keys, CustodyKey key) {
        PublicJwk half = key.publicKey();
        return new KeyLabel(device, keys.generation(), half.role(), half.point().curve());
    }

    private void exchange(KeyLabel label, CustodyKey key) {
        custody.exchange(label, key, key.publicKey().point());
    }

    private void sign(KeyLabel label, CustodyKey key) {
        if (!key.publicKey().verify(PROBE, custody.sign(label, key, PROBE))) {
            throw new CustodyException("the signature is not the public key's", null);
        }
    }

    private void webhook(StoredWebhook stored) {
        WebhookSecrets.secret(custody, stored);
    }

    private void site(PolicyRecord record) {
        if (SiteIdentity.isRecord(record)) {
            sign(
                    SiteIdentity.CHECKPOINT_LABEL,
                    RecordMapper.read(record, SiteIdentity.class).checkpointKey());
        } else {
            VapidKey push = RecordMapper.read(record, VapidKey.class);
            sign(VapidKey.LABEL, push.key());
        }
    }

    private void attempt(String name, Runnable use) {
        try {
            use.run();
        } catch (CustodyException | IllegalArgumentException e) {
            unusable.add(name + ": " + e.getMessage());
        }
    }
}
