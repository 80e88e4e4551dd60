package io.panocrypt.testkit.junit;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.testkit.wire.PanocryptWireContract;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The wire table on the JDK's HTTP server. */
@Tag("long")
@PanocryptServer
class PanocryptServerWireTest extends PanocryptWireContract {
    private static Target target;
    private static URI root;

    @BeforeAll
    static void start(Panocrypt panocrypt, URI url) {
        target = Target.create(panocrypt);
        root = url;
    }

    @Override
    protected Target target() {
        return target;
    }

    @Override
    protected URI base(String token) {
        return root.resolve("/u/" + token);
    }
}
