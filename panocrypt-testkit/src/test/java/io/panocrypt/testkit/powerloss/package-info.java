/** Power cuts: what a traced program had synced to disk at any moment, and what is left of a store that stops there. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.powerloss;
