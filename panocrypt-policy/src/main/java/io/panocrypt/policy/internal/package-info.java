/** The background threads of a service. The packages below hold everything that is not API; none is exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal;
