/** Backups of a site as one sealed file, their restore into an empty store, and the fence of a restored store. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.backup;
