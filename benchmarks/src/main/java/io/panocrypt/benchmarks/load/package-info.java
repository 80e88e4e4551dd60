/** Measures the unlocks per second of whole servers and their cost, with Debian's tangd as the reference. */
@NullMarked
package io.panocrypt.benchmarks.load;

import org.jspecify.annotations.NullMarked;
