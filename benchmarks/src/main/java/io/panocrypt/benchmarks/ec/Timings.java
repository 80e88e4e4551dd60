package io.panocrypt.benchmarks.ec;

import java.util.Map;

/**
 * The times of the rounds of one comparison.
 *
 * @param nanos processor time of one operation, by rival and round
 * @param processorShare the contenders' processor time divided by wall-clock time; well below 1 if the machine had
 *     other load
 */
record Timings(Map<Rival, double[]> nanos, double processorShare) {}
