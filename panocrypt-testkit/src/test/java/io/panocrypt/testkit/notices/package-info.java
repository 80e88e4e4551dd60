/** Whole services, on real stores, that tell people through notifiers which do what a test wants. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.notices;
