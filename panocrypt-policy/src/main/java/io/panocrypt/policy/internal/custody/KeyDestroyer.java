package io.panocrypt.policy.internal.custody;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.KeyRemoval;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Destroys keys in custodies that hold keys, once no device has them any more.
 *
 * <p>The edit that removes keys from a device also writes a note of them, which is deleted when they are destroyed. So
 * keys are destroyed even if the process died right after the edit. Thread-safe; nodes may do the same work.
 */
public final class KeyDestroyer {
    private static final System.Logger LOG = System.getLogger(KeyDestroyer.class.getName());
    private static final int PAGE = 100;

    private final Store store;
    private final IdGenerator ids;
    private final Custodies custodies;

    public KeyDestroyer(Store store, IdGenerator ids, Custodies custodies) {
        this.store = store;
        this.ids = ids;
        this.custodies = custodies;
    }

    /** The notes for an edit that may remove keys from a device. */
    public List<KeyRemoval> notes(StoredDevice before, StoredDevice after) {
        return before.keys().stream()
                .filter(keys -> !after.keys().contains(keys))
                .filter(keys -> custodies.mayHoldKeys(keys.custody()))
                .map(keys -> new KeyRemoval(ids.next(), before.device().id(), keys))
                .toList();
    }

    /** Does what the notes in the store say; whatever fails is done at the next call. */
    public void workOff() {
        String after = null;
        List<PolicyRecord> page;
        do {
            page = store.scan(RecordMapper.KEY_REMOVAL, null, after, PAGE);
            for (PolicyRecord record : page) {
                after = record.id();
                RecordMapper.readIfReadable(record, KeyRemoval.class).ifPresent(this::workOff);
            }
        } while (page.size() == PAGE);
    }

    /** Does what some notes say, after their edit has been committed; whatever fails is done by {@link #workOff()}. */
    public void workOff(List<KeyRemoval> notes) {
        notes.forEach(this::workOff);
    }

    /**
     * Destroys keys that were made for a device and never stored.
     *
     * @param made null if none were made
     */
    public void discard(String deviceId, @Nullable SealedKeys made) {
        if (made != null && custodies.mayHoldKeys(made.custody())) {
            destroy(new KeyRemoval("", deviceId, made));
        }
    }

    private void workOff(KeyRemoval note) {
        try {
            if (!isInUse(note) && destroy(note)) {
                PolicyRecord record = RecordMapper.of(note);
                store.write(StoreWrite.of()
                        .delete(record.kind(), record.id(), record.version())
                        .build());
            }
        } catch (StoreException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the store failed while keys of device " + note.deviceId() + " were destroyed; it is tried again",
                    e);
        }
    }

    /** A note that is wrong must not take a key that a device needs. */
    private boolean isInUse(KeyRemoval note) {
        Optional<StoredDevice> device = store.get(RecordMapper.DEVICE, note.deviceId())
                .map(record -> RecordMapper.read(record, StoredDevice.class));
        boolean used = device.isPresent() && device.get().keys().contains(note.keys());
        if (used) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "keys of device {0} are not destroyed, because it has them still; somebody may have changed the store",
                    note.deviceId());
        }
        return used;
    }

    /** @return false if it is to be tried again, here or on a node that has the custody */
    private boolean destroy(KeyRemoval note) {
        Optional<KeyCustody> custody = custodies.find(note.keys().custody());
        if (custody.isEmpty()) {
            return false;
        }
        try {
            custody.get().destroy(note.label(KeyRole.EXCHANGE), note.keys().exchange());
            custody.get().destroy(note.label(KeyRole.SIGNING), note.keys().signing());
            return true;
        } catch (RuntimeException e) {
            // An embedder's custody may throw anything.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "custody " + note.keys().custody() + " did not destroy keys of device " + note.deviceId(),
                    e);
            return false;
        }
    }
}
