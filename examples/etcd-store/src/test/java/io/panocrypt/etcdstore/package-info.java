@org.jspecify.annotations.NullMarked
package io.panocrypt.etcdstore;
