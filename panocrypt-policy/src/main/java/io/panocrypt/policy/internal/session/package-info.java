/** The stored form of sessions. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.session;
