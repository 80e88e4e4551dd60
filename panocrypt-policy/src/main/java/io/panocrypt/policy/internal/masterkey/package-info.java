/** Replaces the master key under which a site's keys are sealed, while its nodes run. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.masterkey;
