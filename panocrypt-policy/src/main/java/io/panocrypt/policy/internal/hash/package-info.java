/** SHA-256 in the two forms that the service stores. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.hash;
