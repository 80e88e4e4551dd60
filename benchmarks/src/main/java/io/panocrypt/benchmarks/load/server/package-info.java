/** Starts and stops the measured servers, fills their stores with devices and reads what they used. */
@NullMarked
package io.panocrypt.benchmarks.load.server;

import org.jspecify.annotations.NullMarked;
