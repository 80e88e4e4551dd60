package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;

/**
 * One entry of a device's source policy.
 *
 * @param cidr the addresses that may ask
 * @param registered whether the entry is the address that the device was enrolled from
 */
public record SourceRule(Cidr cidr, boolean registered) {}
