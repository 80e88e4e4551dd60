package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import java.util.function.Function;

/** Finds in the history when a generation of a device's keys was last requested. Thread-safe. */
public final class KeyUses {
    /** How many of a device's newest entries are searched. */
    public static final int SEARCHED = 1000;

    private final Function<String, Page<UnlockRecord>> newest;
    private final Store store;

    /** @param newest finds the newest {@link #SEARCHED} entries of the device with an id */
    public KeyUses(Function<String, Page<UnlockRecord>> newest, Store store) {
        this.newest = newest;
        this.store = store;
    }

    /** Refuses to destroy a generation that was requested, or may have been. */
    public void refuseInUse(Device device, DeviceKey key) {
        Page<UnlockRecord> entries = newest.apply(device.id());
        entries.items().stream()
                .filter(entry -> key.exchange().hasThumbprint(entry.kid()))
                .findFirst()
                .ifPresent(last -> refuse(
                        key,
                        "was last asked for at " + last.time() + " from "
                                + last.source().map(IpAddress::toString).orElse("an unknown address") + " ("
                                + last.outcome().wireName() + ")"));
        boolean whole = entries.nextCursor().isEmpty()
                && entries.unreadable().isEmpty()
                && store.scan(RecordMapper.CUT, null, null, 1).isEmpty();
        if (!whole || entries.items().stream().anyMatch(KeyUses::mayHideOthers)) {
            refuse(
                    key,
                    "is not among the last " + entries.items().size()
                            + " entries of the device's history, which do not show every attempt");
        }
    }

    /** Refusals, and attempts of a waiting host, share one entry, which shows the key of the first only. */
    private static boolean mayHideOthers(UnlockRecord entry) {
        return entry.outcome() != Outcome.ALLOWED || entry.count() != 1;
    }

    private static void refuse(DeviceKey key, String why) {
        throw new OperationException(
                OperationException.Kind.UNCONFIRMED,
                "generation " + key.generation() + " " + why + ": a volume that is still bound to it will never"
                        + " unlock automatically again; confirm with its number to destroy it");
    }
}
