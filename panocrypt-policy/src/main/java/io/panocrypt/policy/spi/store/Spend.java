package io.panocrypt.policy.spi.store;

/**
 * Takes one use of a grant, which must be valid at the store's time, have a use left and not be cancelled.
 *
 * @param deviceId the device whose grant it is
 * @param grantId the grant's id
 */
public record Spend(String deviceId, String grantId) {}
