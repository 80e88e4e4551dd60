/** The SPI for keeping state in another store. Exported; the contract is docs/store-contract.md. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.store;
