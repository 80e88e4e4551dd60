/** Measures unlocks on different stores in this process. */
@NullMarked
package io.panocrypt.benchmarks.load.stores;

import org.jspecify.annotations.NullMarked;
