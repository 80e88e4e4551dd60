package io.panocrypt.policy.model.history;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;

/**
 * The source of a device's last attempt that was refused as {@code source-not-allowed}.
 *
 * @param source its address
 * @param time when it asked last, by the store's clock
 * @param otherSources how many other addresses were refused for this reason, among the entries that were searched
 * @param complete whether {@code otherSources} is exact: the device's whole history was searched, and no entry counts attempts
 *     of unknown sources
 */
public record RefusedSource(IpAddress source, Instant time, int otherSources, boolean complete) {}
