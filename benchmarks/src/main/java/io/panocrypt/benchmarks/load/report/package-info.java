/** Turns the measurements into tables, JSON and bars. */
@NullMarked
package io.panocrypt.benchmarks.load.report;

import org.jspecify.annotations.NullMarked;
