/** An example: the small storage SPI on etcd. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.etcdstore;
