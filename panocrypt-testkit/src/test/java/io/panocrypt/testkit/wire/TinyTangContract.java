package io.panocrypt.testkit.wire;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract with all capabilities claimed, run on a tiny server with the given flaws. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TinyTangContract extends TangServerContract {

    private final TinyTang tang;
    private URI root = URI.create("http://127.0.0.1");
    private AutoCloseable running = () -> {};

    TinyTangContract(TinyTang.Flaw... flaws) {
        this.tang = new TinyTang(Set.of(flaws));
    }

    @BeforeAll
    void start() throws IOException {
        TinyHttp http = new TinyHttp(tang);
        running = http;
        root = http.url("");
    }

    @AfterAll
    void stop() throws Exception {
        running.close();
    }

    @Override
    protected URI baseUrl() {
        return URI.create(root + "/u/token");
    }

    @Override
    protected Optional<URI> unknownBaseUrl() {
        return Optional.of(URI.create(root + "/u/nobody"));
    }
}
