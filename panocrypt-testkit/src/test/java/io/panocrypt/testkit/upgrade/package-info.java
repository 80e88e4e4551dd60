/** Databases of earlier releases, and nodes that create a database concurrently. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.upgrade;
