package io.panocrypt.testkit.notify;

import io.panocrypt.policy.spi.notify.Notice;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** Notices for tests. */
final class Notices {
    private Notices() {}

    /** A notice that a device waits for approval. */
    static Notice waiting(String id) {
        return new Notice(
                id,
                "request.opened",
                Instant.parse("2026-11-24T07:59:00Z"),
                Optional.of("dev-1"),
                Optional.of("web-1"),
                Optional.of("192.0.2.7"),
                Optional.of(Instant.parse("2026-11-24T07:58:00Z")),
                "waits for approval",
                Optional.of(URI.create("https://panocrypt.example/console/requests/1")));
    }
}
