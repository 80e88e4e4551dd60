package io.panocrypt.benchmarks.ec;

import java.util.Map;

/**
 * What the rounds of one comparison took.
 *
 * @param nanos processor time of one operation, by rival and round
 * @param processorShare the contenders' processor time over the clock on the wall: well below 1, others were there too
 */
record Timings(Map<Rival, double[]> nanos, double processorShare) {}
