package io.panocrypt.containers;

import io.panocrypt.servlet.PanocryptServlets;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty 12.1 in its environment ee11. */
final class JettyEe11Container implements Container {
    @Override
    public int start(PanocryptServlets servlets, Targets targets) throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        ServletContextHandler context = new ServletContextHandler(CONTEXT);
        if (targets == Targets.CLEVIS) {
            http.setUriCompliance(
                    UriCompliance.DEFAULT.with("unlock", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
        } else if (targets == Targets.ALL) {
            http.setUriCompliance(UriCompliance.UNSAFE);
            context.getServletHandler().setDecodeAmbiguousURIs(true);
        }
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        // By itself it would end a body that is late.
        connector.setIdleTimeout(0);
        server.addConnector(connector);
        context.addServletContainerInitializer((none, started) -> servlets.register(started));
        server.setHandler(context);
        server.start();
        return connector.getLocalPort();
    }
}
