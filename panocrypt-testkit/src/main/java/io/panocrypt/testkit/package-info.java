/** Contracts that an implementation runs as its own tests, and the fixtures that such tests need. */
@NullMarked
package io.panocrypt.testkit;

import org.jspecify.annotations.NullMarked;
