/** An example: an entry store on Redis. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.redisstore;
