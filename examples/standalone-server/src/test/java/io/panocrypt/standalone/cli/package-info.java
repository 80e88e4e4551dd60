/** Tests of the operator's command line against a stub that records what it is asked. */
@NullMarked
package io.panocrypt.standalone.cli;

import org.jspecify.annotations.NullMarked;
