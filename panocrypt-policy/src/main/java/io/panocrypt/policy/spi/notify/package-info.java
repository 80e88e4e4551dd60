/** The SPI for delivering notices over further channels. Exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.notify;
