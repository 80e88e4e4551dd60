package io.panocrypt.containers;

import io.panocrypt.servlet.PanocryptServlets;
import io.panocrypt.servlet.TangServlet;
import java.io.CharArrayWriter;
import java.nio.file.Files;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.AbstractAccessLogValve;

/** Tomcat 10.1 or 11, whichever the class path has. */
final class TomcatContainer implements Container {
    /** Prints what an access log would hold. */
    private static final class AccessLog extends AbstractAccessLogValve {
        @Override
        protected void log(CharArrayWriter message) {
            System.out.println(ContainerProcess.ACCESS + message);
        }
    }

    @Override
    public int start(PanocryptServlets servlets, Targets targets) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        // By itself it would end a body that is late.
        connector.setProperty("connectionTimeout", "-1");
        if (targets == Targets.ALL) {
            connector.setEncodedSolidusHandling("passthrough");
        }
        tomcat.setConnector(connector);
        AccessLog log = new AccessLog();
        log.setPattern("%r");
        log.setConditionUnless(TangServlet.TOKEN_IN_PATH);
        tomcat.getHost().getPipeline().addValve(log);
        Context context = tomcat.addContext(CONTEXT, null);
        context.addServletContainerInitializer((none, started) -> servlets.register(started), Set.of());
        tomcat.start();
        return connector.getLocalPort();
    }
}
