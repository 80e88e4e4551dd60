/** The embedded Jetty: listeners, TLS, bounds on connections, requests and buffers, metrics. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.web;
