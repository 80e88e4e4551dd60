/** What became of notices: values of the service's interface, immutable. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model.delivery;
