/** What such tests share: a settable clock, parallel runs, real tools and their absence. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.support;
