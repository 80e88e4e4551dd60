/** Custody of private keys: how they are sealed, stored and used. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.custody;
