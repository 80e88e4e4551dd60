/** The SPI for observing decisions, for metrics or a SIEM. Exported; a listener cannot delay or change an answer. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.event;
