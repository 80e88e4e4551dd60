/** The custodies of a node, and the end of keys that they hold. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.custody;
