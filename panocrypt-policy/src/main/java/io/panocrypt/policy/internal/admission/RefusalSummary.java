package io.panocrypt.policy.internal.admission;

/**
 * Refusals that share one journal entry.
 *
 * @param refusal the first of them, with the time of the last
 * @param count how many
 * @param various whether they differ in source, and perhaps in reason, because they exceeded the entries of their minute
 */
public record RefusalSummary(Refusal refusal, int count, boolean various) {}
