package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.history.RefusedSource;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds in the history which source policy has refused last. Thread-safe. */
public final class RefusedSources {
    /** How many of a device's newest entries are searched. */
    public static final int SEARCHED = 1000;

    private final Function<String, Page<UnlockRecord>> newest;

    /** @param newest finds the newest {@link #SEARCHED} entries of the device with an id */
    public RefusedSources(Function<String, Page<UnlockRecord>> newest) {
        this.newest = newest;
    }

    /** The source of the device's last such attempt; refuses if there is none, or its address is unknown. */
    public RefusedSource last(String deviceId) {
        Page<UnlockRecord> entries = newest.apply(deviceId);
        List<UnlockRecord> refused = entries.items().stream()
                .filter(entry -> entry.reason() == Reason.SOURCE_NOT_ALLOWED)
                .toList();
        if (refused.isEmpty()) {
            throw conflict("none of the last " + entries.items().size()
                    + " entries of the device's history is an attempt that was refused for its source");
        }
        UnlockRecord last = refused.get(0);
        IpAddress source = last.source()
                .orElseThrow(() -> conflict("the last attempt that was refused for its source came from an unknown"
                        + " address at " + last.time() + "; edit the device's sources instead"));
        Set<IpAddress> others = refused.stream()
                .map(UnlockRecord::source)
                .flatMap(Optional::stream)
                .filter(other -> !other.equals(source))
                .collect(Collectors.toSet());
        boolean complete = entries.nextCursor().isEmpty()
                && entries.unreadable().isEmpty()
                && refused.stream().allMatch(entry -> entry.source().isPresent());
        return new RefusedSource(source, last.time(), others.size(), complete);
    }

    private static OperationException conflict(String problem) {
        return new OperationException(OperationException.Kind.CONFLICT, problem);
    }
}
