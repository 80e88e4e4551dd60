/** Where private keys live while no request needs them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.custody;
