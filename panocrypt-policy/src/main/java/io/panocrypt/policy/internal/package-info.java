/**
 * The assembly of a service: the foundation, four wings on it, and the background threads. The packages below hold
 * everything that is not API; none is exported.
 */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal;
