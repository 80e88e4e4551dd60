package io.panocrypt.policy.model.keys;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * The last request for a generation of a device's keys that the journal shows.
 *
 * @param generation its number
 * @param time of the request
 * @param source where it came from; empty if unknown
 * @param outcome how it ended
 */
public record KeyUse(int generation, Instant time, Optional<IpAddress> source, Outcome outcome) {}
