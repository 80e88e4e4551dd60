/** A store in a relational database, with {@code java.sql} and nothing else. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.jdbc;
