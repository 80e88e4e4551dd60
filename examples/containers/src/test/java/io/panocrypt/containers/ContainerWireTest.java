package io.panocrypt.containers;

import io.panocrypt.testkit.wire.PanocryptWireContract;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The wire table in each container, with the settings of docs/embedding.md. */
@Tag("long")
class ContainerWireTest {
    private abstract static class In extends PanocryptWireContract {
        private static RunningContainer container;

        static void start(Kind kind) throws IOException {
            container = new RunningContainer(kind, Container.Targets.ALL);
        }

        static void stop() throws IOException {
            container.close();
        }

        @Override
        protected Target target() {
            return container.target();
        }

        @Override
        protected URI base(String token) {
            return container.base(token);
        }
    }

    @Nested
    class Tomcat101 extends In {
        @BeforeAll
        static void start() throws IOException {
            start(Kind.TOMCAT_10_1);
        }

        @AfterAll
        static void end() throws IOException {
            stop();
        }
    }

    @Nested
    class Tomcat11 extends In {
        @BeforeAll
        static void start() throws IOException {
            start(Kind.TOMCAT_11);
        }

        @AfterAll
        static void end() throws IOException {
            stop();
        }
    }

    @Nested
    class JettyEe10 extends In {
        @BeforeAll
        static void start() throws IOException {
            start(Kind.JETTY_EE10);
        }

        @AfterAll
        static void end() throws IOException {
            stop();
        }
    }

    @Nested
    class JettyEe11 extends In {
        @BeforeAll
        static void start() throws IOException {
            start(Kind.JETTY_EE11);
        }

        @AfterAll
        static void end() throws IOException {
            stop();
        }
    }

    @Nested
    class UndertowServlet extends In {
        @BeforeAll
        static void start() throws IOException {
            start(Kind.UNDERTOW);
        }

        @AfterAll
        static void end() throws IOException {
            stop();
        }

        /** Undertow does not tell it from no query. */
        @Override
        protected boolean refusesEmptyQuery() {
            return false;
        }
    }
}
