/** JMH benchmarks of the EC hot path, beside what the JDK and Bouncy Castle do. */
@NullMarked
package io.panocrypt.benchmarks;

import org.jspecify.annotations.NullMarked;
