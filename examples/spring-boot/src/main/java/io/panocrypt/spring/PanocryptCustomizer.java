package io.panocrypt.spring;

import io.panocrypt.policy.Panocrypt;

/**
 * Changes what no property sets, such as notifiers for webhooks. Beans of this type are called in their order, after the
 * properties and the other beans were applied.
 */
@FunctionalInterface
public interface PanocryptCustomizer {
    /** Called once, before the service is built. */
    void customize(Panocrypt.Builder builder);
}
