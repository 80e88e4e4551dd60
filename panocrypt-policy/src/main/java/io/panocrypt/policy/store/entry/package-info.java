/** A whole store made from the four verbs of an entry store. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.entry;
