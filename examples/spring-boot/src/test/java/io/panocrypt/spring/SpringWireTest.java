package io.panocrypt.spring;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.testkit.wire.PanocryptWireContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The wire table in the application of the documentation, behind Spring Security. */
@Tag("long")
class SpringWireTest extends PanocryptWireContract {
    @TempDir
    private static Path folder;

    private static Host host;
    private static Target target;

    @BeforeAll
    static void start() throws IOException {
        host = new Host(folder, "jdbc:h2:mem:wire;DB_CLOSE_DELAY=-1");
        target = Target.create(host.bean(Panocrypt.class));
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @Override
    protected Target target() {
        return target;
    }

    @Override
    protected URI base(String token) {
        return host.base(token);
    }

    @Override
    protected boolean seesSuspiciousTargets() {
        return false;
    }
}
