package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JdbcLoginTest {
    @Test
    void triesAServerThatStandsStillNoLongerThanARequestMayWait() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start()) {
            JdbcLogin login = new JdbcLogin(
                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                    Optional.of(DebianPostgresql.USER),
                    Optional::empty);
            login.tryToConnect().close();
            server.freeze();
            try {
                SQLException late = assertThrows(SQLException.class, login::tryToConnect);
                // The driver's own timeouts, 15 s in total, would end with a socket exception.
                assertNull(late.getCause(), late::toString);
            } finally {
                server.thaw();
            }
        }
    }
}
