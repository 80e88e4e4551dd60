/** The facade {@link io.panocrypt.policy.Panocrypt}, and one service for each kind of object that operators manage. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy;
