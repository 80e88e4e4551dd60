/** Clevis' wire forms: writing and reading the JWE of its tang pin. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.clevis;
