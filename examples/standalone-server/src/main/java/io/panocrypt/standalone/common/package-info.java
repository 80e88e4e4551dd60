/** What the commands share: faults to show as they are, addresses, logging, the version. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.common;
