/** Measures honest clients while strangers attack the server. */
@NullMarked
package io.panocrypt.benchmarks.load.hostile;

import org.jspecify.annotations.NullMarked;
