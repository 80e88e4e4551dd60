package io.panocrypt.policy.model.keys;

import io.panocrypt.policy.model.WireNamed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A change of many devices' keys, which the nodes of a service make one device after the other.
 *
 * @param id never changes
 * @param act what it does
 * @param tags every device that it is for has all of them; none for every device
 * @param age a rotation: how old advertised keys must be when it starts. A destruction: how long a generation must have been
 *     hidden and provably unused
 * @param pace devices in a minute, at most
 * @param startedBy the actor
 * @param started when
 * @param state whether it runs
 * @param ended when it was done or cancelled
 * @param changed devices that it has changed
 * @param kept devices with hidden generations of that age that it has not destroyed, because they may be in use
 * @param failed devices that could not be changed; the log says why
 * @param version counts from 1
 */
public record KeyJob(
        String id,
        Act act,
        SortedSet<String> tags,
        Duration age,
        int pace,
        String startedBy,
        Instant started,
        State state,
        Optional<Instant> ended,
        int changed,
        int kept,
        int failed,
        long version) {

    /** What a job does. */
    public enum Act implements WireNamed {
        /** Adds a generation to each device. */
        ROTATE,
        /** Destroys hidden generations that nobody uses. */
        DESTROY
    }

    /** The state of a job. */
    public enum State implements WireNamed {
        RUNNING,
        DONE,
        CANCELLED
    }
}
