/** Power cuts: what a traced program had synced at any moment, and what a store contains if it stops there. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.powerloss;
