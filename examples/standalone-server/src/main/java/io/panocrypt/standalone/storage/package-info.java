/** The server's state: the data directory, the database and its login, the lock, the first administrator. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.storage;
