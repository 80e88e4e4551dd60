package io.panocrypt.policy.model.keys;

import io.panocrypt.policy.model.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The keys of many devices, revoked ones excluded.
 *
 * @param time when it was made
 * @param devices how many devices it is about
 * @param ages how old their advertised keys are, by the limits of the report
 * @param withHidden how many have hidden generations
 * @param usingHidden how many of these have used a hidden generation after it was hidden
 * @param unproven how many have not, but the journal does not prove it
 * @param lastHiddenUse the last use of a hidden generation; empty if there is none
 * @param current whether all of the journal was read; if not, later uses may be missing
 * @param page the devices that were asked for, by age
 */
public record KeyReport(
        Instant time,
        int devices,
        List<Age> ages,
        int withHidden,
        int usingHidden,
        int unproven,
        Optional<Instant> lastHiddenUse,
        boolean current,
        Page<Line> page) {
    public KeyReport {
        ages = List.copyOf(ages);
    }

    /**
     * A number of devices.
     *
     * @param atLeast the age of their advertised keys, at least
     */
    public record Age(Duration atLeast, int devices) {}

    /**
     * One device.
     *
     * @param advertisedSince when its advertised generation was made
     * @param hidden how many hidden generations it has
     * @param lastHiddenUse the last use of one of them after it was hidden
     */
    public record Line(
            String deviceId, String name, Instant advertisedSince, int hidden, Optional<KeyUse> lastHiddenUse) {}
}
