/** Architecture rules for modules and packages, each shown to fail on a violation. */
@NullMarked
package io.panocrypt.architecture;

import org.jspecify.annotations.NullMarked;
