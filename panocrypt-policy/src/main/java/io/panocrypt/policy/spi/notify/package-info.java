/** What an embedder implements to deliver notices over a channel of their own. Exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.spi.notify;
