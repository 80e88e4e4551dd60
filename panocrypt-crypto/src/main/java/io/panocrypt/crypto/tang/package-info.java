/** Tang's wire forms: public keys, thumbprints, advertisements, recovery messages and key directories. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.tang;
