/** What an embedder implements to keep state in a store of their own. Exported; the contract is docs/store-contract.md. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.store;
