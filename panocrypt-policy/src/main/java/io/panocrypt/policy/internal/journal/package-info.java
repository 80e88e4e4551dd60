/** Hash chains and their checkpoints: sign, verify, export, retention. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.journal;
