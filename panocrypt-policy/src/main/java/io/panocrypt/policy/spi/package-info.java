/** What an embedder implements to keep the state in a store of their own. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi;
