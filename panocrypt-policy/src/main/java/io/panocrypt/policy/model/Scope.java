package io.panocrypt.policy.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a service account may do: one act, on every device that has all the tags at that moment. Immutable.
 *
 * @param tags at least one: a scope for all devices cannot be written, neither on purpose nor by mistake
 */
public record Scope(Act act, SortedSet<String> tags) {
    /** The acts of service accounts. */
    public enum Act implements WireNamed {
        /** Reads the device, its allowances, temporary denies and history, and finds it in the list of devices. */
        READ,
        /** Asks what the answer to an attempt would be. */
        DRY_RUN,
        /** Grants an allowance. */
        ALLOW_ONCE,
        /** Disables the device. */
        DISABLE,
        /** Enables the device. */
        ENABLE,
        /** Creates a device, which must have the tags from the start. */
        ENROLL_DEVICE
    }

    /** @throws OperationException {@code INVALID} without a tag */
    public Scope {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
        if (tags.isEmpty()) {
            throw new OperationException(
                    OperationException.Kind.INVALID, "a scope names one tag at least, which its devices must have");
        }
    }

    /** Whether the scope admits the act on the device. */
    boolean admits(Act wanted, Device device) {
        return act == wanted && device.tags().containsAll(tags);
    }
}
