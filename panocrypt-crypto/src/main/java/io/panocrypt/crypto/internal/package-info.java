/** JSON and base64url as strictly as this module's wire forms need them; not exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.internal;
