/** What an exchange costs in each custody. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.benchmarks.custody;
