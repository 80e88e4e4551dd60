/** The standalone server: Jetty with the servlets, a store, and the commands to run and administer it. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone;
