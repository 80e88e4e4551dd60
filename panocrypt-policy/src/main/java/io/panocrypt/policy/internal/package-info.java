/**
 * The assembly of a service: the foundation, four wings on it, and the background threads. This package and those
 * below are internal: none is exported.
 */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal;
