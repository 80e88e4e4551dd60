/** The commands of the group device. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.cli.device;
