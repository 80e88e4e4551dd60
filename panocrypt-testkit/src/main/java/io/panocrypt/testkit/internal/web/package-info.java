/** The servlets on the JDK's HTTP server, so that the testkit brings no servlet container. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.internal.web;
