/** Shared by contracts and tests: a settable clock, parallel runs, required tools, PostgreSQL. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.support;
