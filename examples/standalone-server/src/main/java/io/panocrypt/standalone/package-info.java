/** The standalone server: Jetty with the two servlets, an embedded store, and the commands that start it. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone;
