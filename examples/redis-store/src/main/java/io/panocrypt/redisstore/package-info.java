/** An example: the storage SPI on a store that is not SQL. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.redisstore;
