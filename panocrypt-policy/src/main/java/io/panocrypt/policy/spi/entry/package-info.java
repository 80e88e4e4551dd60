/** The small SPI: four verbs over an ordered map, from which a whole store is made. Exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.entry;
