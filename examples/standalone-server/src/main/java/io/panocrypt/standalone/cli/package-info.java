/** The operator's commands, which call a running server over REST. */
@NullMarked
package io.panocrypt.standalone.cli;

import org.jspecify.annotations.NullMarked;
