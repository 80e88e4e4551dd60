/** The operator's command line: commands that talk REST to a running server. */
@NullMarked
package io.panocrypt.standalone.cli;

import org.jspecify.annotations.NullMarked;
