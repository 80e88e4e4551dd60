/** The commands of {@code device}. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.cli.device;
