package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;

/**
 * One entry of a device's source policy.
 *
 * @param cidr the addresses that may ask
 * @param registered whether it is the address from which the device was enrolled
 */
public record SourceRule(Cidr cidr, boolean registered) {}
