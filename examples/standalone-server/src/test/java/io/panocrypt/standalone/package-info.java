/** Tests of the standalone server from outside: its process, its ports, and stock tools. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone;
