/** How fast, and in how even a time, the EC hot path runs beside its rivals, Java and native. */
@NullMarked
package io.panocrypt.benchmarks.ec;

import org.jspecify.annotations.NullMarked;
