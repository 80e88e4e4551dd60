package io.panocrypt.policy.model.backup;

import java.time.Instant;

/**
 * An allowance or approval that was open when a backup was taken. A restore cancels it.
 *
 * @param deviceId the device's id
 * @param usesLeft how many answers it would still have given
 * @param expires when it ends, to the millisecond
 */
public record OpenGrant(String deviceId, int usesLeft, Instant expires) {}
