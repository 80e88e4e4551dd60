/** JSON and base64url, as strict as this module's wire forms need; not exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.internal;
