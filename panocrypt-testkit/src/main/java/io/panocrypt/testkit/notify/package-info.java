/** The contract of a notifier, and receivers to test one against. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.notify;
