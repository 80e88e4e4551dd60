package io.panocrypt.policy.internal.edit;

/**
 * An edit and what the caller gets once it is committed.
 *
 * @param edited the object as the edit leaves it, or as it was where the edit removes it
 */
public record Edit<T>(PolicyEditor.Draft draft, T edited) {}
