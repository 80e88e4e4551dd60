/** The embedded Jetty: listeners, TLS, metrics, and limits on connections, requests and buffers. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.web;
