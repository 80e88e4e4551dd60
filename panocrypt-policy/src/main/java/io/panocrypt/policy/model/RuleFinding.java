package io.panocrypt.policy.model;

/**
 * The rule of the embedder that refused an attempt, asked for an approval, or failed. Immutable.
 *
 * @param rule the rule's name
 * @param reason why, in words for operators
 */
public record RuleFinding(String rule, String reason) {}
