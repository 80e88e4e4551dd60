/** A store in a relational database, which needs only {@code java.sql}. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.jdbc;
