package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;

/**
 * One entry of a device's source policy.
 *
 * @param cidr the addresses that may ask
 * @param registered whether it is the address of the machine itself: from which the device was enrolled, or which an operator has registered
 *     since; at most one entry is
 */
public record SourceRule(Cidr cidr, boolean registered) {}
