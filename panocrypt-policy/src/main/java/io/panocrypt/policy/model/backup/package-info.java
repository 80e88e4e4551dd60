/** Backups and restored stores, as operators see them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model.backup;
