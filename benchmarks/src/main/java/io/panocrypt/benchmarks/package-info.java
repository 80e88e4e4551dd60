/** The JMH benchmark of EC multiplication, and code shared by all benchmarks. */
@NullMarked
package io.panocrypt.benchmarks;

import org.jspecify.annotations.NullMarked;
