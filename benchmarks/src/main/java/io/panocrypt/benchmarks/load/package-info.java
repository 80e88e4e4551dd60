/** How many unlocks a whole server gives, and at what cost, beside Debian's tangd on the same machine in the same run. */
@NullMarked
package io.panocrypt.benchmarks.load;

import org.jspecify.annotations.NullMarked;
