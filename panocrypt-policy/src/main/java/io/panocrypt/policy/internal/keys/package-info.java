/** What the journal says about the use of devices' keys, and the jobs that rotate and destroy many of them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.keys;
