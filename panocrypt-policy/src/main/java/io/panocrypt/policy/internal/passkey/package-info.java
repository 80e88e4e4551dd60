/** Verifies what passkeys sign, with the JDK alone: registrations, sign-ins, and the statements of approvals. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.passkey;
