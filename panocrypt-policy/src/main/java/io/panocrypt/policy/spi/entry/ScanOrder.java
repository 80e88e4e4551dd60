package io.panocrypt.policy.spi.entry;

/** The order of a scan. */
public enum ScanOrder {
    /** By ascending key. */
    ASCENDING,
    /** By descending key. */
    DESCENDING
}
