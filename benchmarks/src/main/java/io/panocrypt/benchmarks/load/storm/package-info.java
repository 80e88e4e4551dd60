/** Lets thousands of machines boot at once. */
@NullMarked
package io.panocrypt.benchmarks.load.storm;

import org.jspecify.annotations.NullMarked;
