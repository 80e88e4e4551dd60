/** Helpers that several tests of this module share. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto;
