/** Shared by the commands: startup errors, addresses, logging, the version. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.common;
