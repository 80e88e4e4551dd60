@org.jspecify.annotations.NullMarked
package io.panocrypt.redisstore;
