package io.panocrypt.benchmarks.load.stores;

import io.panocrypt.benchmarks.load.report.Turn;

/**
 * The results of one store in one turn.
 *
 * @param unlocks the answers; their processor time is that of our process, and the memory is the engine's
 * @param engineMillis processor time of the engine's processes per answer, in milliseconds; 0 without such a process
 */
record StoreTurn(Turn unlocks, double engineMillis) {
    /** Processor time of our process and of the engine per answer, in milliseconds. */
    double bothMillis() {
        return unlocks.processorMillis() + engineMillis;
    }
}
