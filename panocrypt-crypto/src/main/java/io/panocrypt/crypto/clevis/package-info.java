/** Clevis' wire forms: what its pins put into a JWE, and how they get it out again. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.clevis;
