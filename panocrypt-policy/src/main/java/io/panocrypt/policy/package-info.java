/** The facade that an application embeds: unlock, and everything an operator does. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy;
