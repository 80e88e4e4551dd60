/** Compares the speed and the timing leaks of the EC hot path with rivals in Java and C. */
@NullMarked
package io.panocrypt.benchmarks.ec;

import org.jspecify.annotations.NullMarked;
