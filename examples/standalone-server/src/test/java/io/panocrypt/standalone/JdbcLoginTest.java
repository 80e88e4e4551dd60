package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.panocrypt.testkit.DebianPostgresql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JdbcLoginTest {
    /** The driver itself gives up after 15 s: 5 s for the word on TLS, and 10 s of silence. */
    private static final Duration LESS_THAN_THE_DRIVERS = Duration.ofSeconds(12);

    @Test
    void triesAServerThatStandsStillNoLongerThanARequestMayWait() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start()) {
            JdbcLogin login = new JdbcLogin(
                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                    Optional.of(DebianPostgresql.USER),
                    Optional.empty());
            login.tryToConnect().close();
            server.freeze();
            try {
                assertTimeoutPreemptively(
                        LESS_THAN_THE_DRIVERS, () -> assertThrows(SQLException.class, login::tryToConnect));
            } finally {
                server.thaw();
            }
        }
    }
}
