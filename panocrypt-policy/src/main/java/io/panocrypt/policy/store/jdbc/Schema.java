package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks the schema version of the database and migrates it to the version that this code needs. */
final class Schema {
    private static final String CREATE_TABLE =
            "CREATE TABLE panocrypt_schema (version INTEGER PRIMARY KEY, applied_ms BIGINT NOT NULL)";
    private static final String MAX_VERSION = "SELECT COALESCE(MAX(version), 0) FROM panocrypt_schema";
    private static final String INSERT_VERSION = "INSERT INTO panocrypt_schema (version, applied_ms) VALUES (?, ?)";

    /** A statement of a migration ends with a semicolon at the end of a line. */
    private static final Pattern END_OF_STATEMENT = Pattern.compile(";\\s*(\\n|$)");

    private final Dialect dialect;
    private final TableNames names;
    private final int wanted;

    Schema(Dialect dialect, TableNames names) {
        this.dialect = dialect;
        this.names = names;
        this.wanted = dialect.migrations().size();
    }

    /**
     * Migrates the database to the wanted version, in one transaction: of several nodes that start, only one migrates.
     */
    void create(Connection writer, long nowMillis) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            dialect.beginMigration(statement, names);
            boolean committed = false;
            try {
                if (!hasTable(statement)) {
                    statement.execute(names.in(CREATE_TABLE));
                }
                int found = number(statement, MAX_VERSION);
                if (found > wanted) {
                    throw mismatch(found);
                }
                for (int version = found + 1; version <= wanted; version++) {
                    migrate(statement, version, nowMillis);
                }
                statement.execute("COMMIT");
                committed = true;
            } finally {
                if (!committed) {
                    statement.execute("ROLLBACK");
                }
            }
        }
    }

    /** Refuses a database with another schema version. */
    void validate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!hasTable(statement)) {
                throw new StoreException("the database holds no Panocrypt schema"
                        + (names.isDefault() ? "" : " with the table prefix " + names.prefix())
                        + "; open it once with SchemaMode.CREATE");
            }
            int found = number(statement, MAX_VERSION);
            if (found != wanted) {
                throw mismatch(found);
            }
        }
    }

    /** All statements in their order, to be run by hand. */
    String script() {
        StringBuilder script = new StringBuilder(CREATE_TABLE).append(";\n\n");
        for (int version = 1; version <= wanted; version++) {
            script.append(read(dialect.migrations().get(version - 1)))
                    .append("\nINSERT INTO panocrypt_schema (version, applied_ms) VALUES (")
                    .append(version)
                    .append(", 0);\n");
        }
        return names.replaced(script.toString());
    }

    private StoreException mismatch(int found) {
        return new StoreException("the database has schema version " + found + ", this Panocrypt needs version "
                + wanted
                + (found < wanted ? "; open it once with SchemaMode.CREATE" : "; a newer Panocrypt has migrated it"));
    }

    private boolean hasTable(Statement statement) throws SQLException {
        return number(statement, dialect.countOfSchemaTable()) > 0;
    }

    private void migrate(Statement statement, int version, long nowMillis) throws SQLException {
        for (String sql : statements(dialect.migrations().get(version - 1))) {
            statement.execute(names.replaced(sql));
        }
        try (PreparedStatement insert = statement.getConnection().prepareStatement(names.in(INSERT_VERSION))) {
            Parameters.bind(insert, version, nowMillis);
            insert.executeUpdate();
        }
    }

    private static List<String> statements(String resource) {
        return END_OF_STATEMENT
                .splitAsStream(read(resource))
                .filter(part -> !part.isBlank())
                .collect(Collectors.toList());
    }

    private static String read(String resource) {
        try (InputStream in = Schema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no migration " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StoreException("cannot read the migration " + resource, e);
        }
    }

    private int number(Statement statement, String query) throws SQLException {
        try (ResultSet answer = statement.executeQuery(names.in(query))) {
            if (!answer.next()) {
                throw new SQLException("no row from: " + query);
            }
            return answer.getInt(1);
        }
    }
}
