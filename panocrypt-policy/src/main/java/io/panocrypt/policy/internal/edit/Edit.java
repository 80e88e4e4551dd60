package io.panocrypt.policy.internal.edit;

/**
 * An edit, and the result for the caller once it is committed.
 *
 * @param edited the object after the edit, or before it if the edit removes the object
 */
public record Edit<T>(PolicyEditor.Draft draft, T edited) {}
