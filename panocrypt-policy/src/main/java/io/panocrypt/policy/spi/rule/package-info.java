/** The SPI for conditions of an embedder's own. Exported; a rule can refuse or ask for an approval, and never allows. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.rule;
