package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server on a PostgreSQL that requires TLS and a password, with a user of minimal rights. */
class PostgresqlLoginTest {
    private static final String PASSWORD = "a secret of the database";
    private static final String STORE_PASSWORD = "changeit";

    @TempDir
    private static Path shared;

    private static DebianPostgresql postgres;
    private static Path certificate;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        postgres = DebianPostgresql.start();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?user=" + DebianPostgresql.USER);
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcStore.schema(Dialect.POSTGRESQL));
            statement.execute("CREATE ROLE panocrypt LOGIN PASSWORD '" + PASSWORD + "'");
            statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
            statement.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO panocrypt");
            statement.execute("ALTER SYSTEM SET ssl = on");
        }
        KeyStore made = selfSigned(shared.resolve("made.p12"));
        Key key = made.getKey("db", STORE_PASSWORD.toCharArray());
        postgres.put("server.key", pem("PRIVATE KEY", key.getEncoded()));
        postgres.put("server.crt", pem(made.getCertificate("db")));
        postgres.put(
                "pg_hba.conf",
                "hostssl all panocrypt 127.0.0.1/32 scram-sha-256\n".getBytes(StandardCharsets.US_ASCII));
        certificate = Files.write(shared.resolve("db.crt"), pem(made.getCertificate("db")));
        postgres.kill();
        postgres.restart();
    }

    @AfterAll
    static void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static KeyStore selfSigned(Path file) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Tool.run(
                        new byte[0],
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "db",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=db",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        STORE_PASSWORD,
                        "-keystore",
                        file.toString())
                .ok();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, STORE_PASSWORD.toCharArray());
        }
        return store;
    }

    private static byte[] pem(Certificate content) throws Exception {
        return pem("CERTIFICATE", content.getEncoded());
    }

    private static byte[] pem(String label, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return ("-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String url(String host, Path root) {
        return "jdbc:postgresql://" + host + ":" + postgres.port() + "/postgres?sslmode=verify-full&sslrootcert="
                + root;
    }

    private Path passwordFile(String password) throws IOException {
        return Files.writeString(directory.resolve("password"), password + "\n");
    }

    @Test
    void servesOverTlsWithAPasswordAsAUserWithoutTheRightToMakeTables() throws Exception {
        String[] options = {
            "--jdbc-url",
            url("127.0.0.1", certificate),
            "--jdbc-user",
            "panocrypt",
            "--jdbc-password-file",
            passwordFile(PASSWORD).toString(),
            "--schema",
            "validate"
        };
        try (ServerProcess server = ServerProcess.serve(directory.resolve("data"), 0, options)) {
            JsonNode device = server.call(
                            "POST", "/devices", "{\"name\":\"d\",\"sources\":[\"127.0.0.1\"],\"curve\":\"P-256\"}")
                    .ok();
            String kid = device.get("keys").get(0).get("exchange").asText();
            URI base = URI.create(device.get("unlockUrl").asText());
            assertEquals(200, new Client(Curve.P_256).recover(base, kid));
            server.call("POST", "/devices/" + device.get("id").asText() + "/revoke", "{\"confirm\":\"d\"}")
                    .ok();
            assertEquals(404, new Client(Curve.P_256).recover(base, kid));
            assertEquals("0", plainSessions(), "sessions of the server without TLS");
            assertEquals(0, server.terminate());
        }
    }

    private static String plainSessions() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("127.0.0.1", certificate), "panocrypt", PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM pg_stat_activity a"
                        + " LEFT JOIN pg_stat_ssl s ON s.pid = a.pid AND s.ssl"
                        + " WHERE a.application_name = 'panocrypt' AND s.pid IS NULL")) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }

    @Test
    void refusesAWrongPasswordAndDoesNotTellIt() throws Exception {
        String told = refusal(url("127.0.0.1", certificate), "another secret");
        assertTrue(told.contains("password authentication failed"), told);
        assertFalse(told.contains("another secret"), told);
    }

    @Test
    void refusesAServerThatTheCertificateDoesNotName() throws Exception {
        String told = refusal(url("localhost", certificate), PASSWORD);
        assertTrue(told.contains("certificate is for another name"), told);
        assertFalse(told.contains(PASSWORD), told);
    }

    @Test
    void refusesAServerThatNobodyVouchesFor() throws Exception {
        KeyStore other = selfSigned(directory.resolve("other.p12"));
        Path root = Files.write(directory.resolve("other.crt"), pem(other.getCertificate("db")));
        String told = refusal(url("127.0.0.1", root), PASSWORD);
        assertTrue(told.contains("the issuer of the database's certificate is not known here"), told);
        assertTrue(told.contains("sslrootcert=FILE"), told);
        assertFalse(told.contains("Exception"), told);
    }

    @Test
    void refusesToLookForTheIssuerInAFileThatIsNotThere() throws Exception {
        Path missing = directory.resolve("missing.crt");
        String told = refusal(url("127.0.0.1", missing), PASSWORD);
        assertTrue(told.contains(missing.toString()), told);
        assertTrue(told.contains("sslrootcert=FILE"), told);
    }

    @Test
    @Timeout(value = TestTimeout.MAX_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void waitsForNoServerThatItWillNeverTrust() throws Exception {
        KeyStore other = selfSigned(directory.resolve("other.p12"));
        Path root = Files.write(directory.resolve("other.crt"), pem(other.getCertificate("db")));
        Path noCertificate = Files.writeString(directory.resolve("empty.crt"), "no certificate");
        String password = passwordFile(PASSWORD).toString();
        Path data = directory.resolve("data");
        Path log = directory.resolve("log");
        assertThrows(
                IOException.class,
                () -> ServerProcess.serveLoggingTo(
                        log,
                        data,
                        "--jdbc-url",
                        url("localhost", certificate),
                        "--jdbc-user",
                        "panocrypt",
                        "--jdbc-password-file",
                        password),
                "it ends before it is ready");
        List<String> lines = Files.readAllLines(log);
        assertEquals(1, lines.size(), () -> String.join("\n", lines));
        for (String url : List.of(
                url("127.0.0.1", root),
                url("127.0.0.1", noCertificate),
                url("127.0.0.1", directory.resolve("missing.crt")))) {
            Tool.Result refused = Tool.main(
                    new byte[0],
                    "serve",
                    "--listen",
                    "127.0.0.1:0",
                    "--data",
                    data.toString(),
                    "--jdbc-url",
                    url,
                    "--jdbc-user",
                    "panocrypt",
                    "--jdbc-password-file",
                    password);
            assertEquals(1, refused.exit(), refused.errors());
            assertEquals(1, refused.errors().lines().count(), refused.errors());
        }
    }

    @Test
    void readsThePasswordAgainForEachConnection() throws Exception {
        String changed = "another secret of the database";
        AtomicReference<String> file = new AtomicReference<>(PASSWORD);
        JdbcLogin login =
                new JdbcLogin(url("127.0.0.1", certificate), Optional.of("panocrypt"), () -> Optional.of(file.get()));
        try (HikariDataSource pool = login.openPool()) {
            change(pool, changed);
            try {
                file.set(changed);
                pool.getHikariPoolMXBean().softEvictConnections();
                connect(pool).close();
            } finally {
                change(pool, PASSWORD);
            }
        }
    }

    /** The server's pool waits for a second only, which a busy machine may need to log in. */
    private static Connection connect(HikariDataSource pool) throws SQLException {
        for (int attempt = 1; attempt < 30; attempt++) {
            try {
                return pool.getConnection();
            } catch (SQLTransientConnectionException e) {
                // Tries again.
            }
        }
        return pool.getConnection();
    }

    private static void change(HikariDataSource pool, String password) throws SQLException {
        try (Connection connection = connect(pool);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE panocrypt PASSWORD '" + password + "'");
        }
    }

    @Test
    void hearsNothingOfTheRowThatIsRefused() throws SQLException {
        JdbcLogin login =
                new JdbcLogin(url("127.0.0.1", certificate), Optional.of("panocrypt"), () -> Optional.of(PASSWORD));
        try (HikariDataSource pool = login.openPool();
                Connection connection = connect(pool);
                Statement statement = connection.createStatement()) {
            SQLException fault = assertThrows(
                    SQLException.class,
                    () -> statement.execute(
                            "INSERT INTO panocrypt_record (kind, id, version, body) VALUES ('k', 'i', 0, 'a token')"));
            assertTrue(fault.getMessage().contains("check constraint"), fault.getMessage());
            assertFalse(fault.getMessage().contains("a token"), fault.getMessage());
        }
    }

    /** The error of a command that cannot log in. */
    private String refusal(String url, String password) throws IOException {
        Tool.Result refused = Tool.main(
                new byte[0],
                "admin-token",
                "--data",
                directory.resolve("data").toString(),
                "--jdbc-url",
                url,
                "--jdbc-user",
                "panocrypt",
                "--jdbc-password-file",
                passwordFile(password).toString());
        assertEquals(1, refused.exit());
        return refused.errors();
    }
}
