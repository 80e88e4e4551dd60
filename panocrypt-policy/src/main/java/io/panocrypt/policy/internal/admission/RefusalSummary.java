package io.panocrypt.policy.internal.admission;

/**
 * Refusals that one row of the history stands for.
 *
 * @param refusal the first of them, with the time of the last
 * @param count how many
 * @param various whether they differ in source and perhaps in reason: the rest of those that found no row of their own
 */
public record RefusalSummary(Refusal refusal, int count, boolean various) {}
