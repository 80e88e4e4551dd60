/** Operators' edits: validation, the conditional edit with its audit entry, and what an edit cancels. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.edit;
