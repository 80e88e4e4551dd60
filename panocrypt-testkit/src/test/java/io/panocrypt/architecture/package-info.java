/** The arrows between the modules and packages, as rules that are checked and that are themselves shown to fire. */
@NullMarked
package io.panocrypt.architecture;

import org.jspecify.annotations.NullMarked;
