/** A drop-in servlet with the pages on which approvers decide in a browser. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.console;
