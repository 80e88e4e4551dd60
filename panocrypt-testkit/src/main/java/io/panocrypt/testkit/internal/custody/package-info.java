/** Master keys of tests. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.internal.custody;
