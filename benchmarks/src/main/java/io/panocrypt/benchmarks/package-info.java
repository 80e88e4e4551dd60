/** Benchmarks of the EC hot path, and what all benchmarks need. */
@NullMarked
package io.panocrypt.benchmarks;

import org.jspecify.annotations.NullMarked;
