/** Curves, points that cannot be invalid, and multiplication by a secret scalar. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.ec;
