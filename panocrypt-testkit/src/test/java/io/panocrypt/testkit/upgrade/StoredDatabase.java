package io.panocrypt.testkit.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A SQLite database as SQL text with all tables, indexes and rows, to keep databases of earlier releases. */
final class StoredDatabase {
    /** SQLite quotes values in one line, and no line within the tables' own SQL ends like this. */
    private static final Pattern END_OF_STATEMENT = Pattern.compile(";\\n");

    private static final String OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
            + " AND name NOT LIKE 'sqlite_%' ORDER BY CASE type WHEN 'table' THEN 0 ELSE 1 END, name";

    private final String name;
    private final String sql;

    private StoredDatabase(String name, String sql) {
        this.name = name;
        this.sql = sql;
    }

    /** The stored database of a schema version. */
    static Optional<StoredDatabase> ofSchema(int version) throws IOException {
        return named("schema-%03d".formatted(version));
    }

    /** The stored database with this name. */
    static Optional<StoredDatabase> named(String name) throws IOException {
        try (InputStream in = StoredDatabase.class.getResourceAsStream(name + ".sql")) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new StoredDatabase(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }

    static StoredDatabase read(String name, DataSource source) throws SQLException {
        StringBuilder sql = new StringBuilder();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(OBJECTS)) {
                while (rows.next()) {
                    sql.append(rows.getString(3)).append(";\n");
                    if (rows.getString(1).equals("table")) {
                        tables.add(rows.getString(2));
                    }
                }
            }
            // After the tables whose numbers it counts.
            tables.add("sqlite_sequence");
            for (String table : tables) {
                appendRows(statement, table, sql);
            }
        }
        return new StoredDatabase(name, sql.toString());
    }

    private static void appendRows(Statement statement, String table, StringBuilder sql) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT name FROM pragma_table_info('" + table + "')")) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        String values = columns.stream().map(column -> "quote(" + column + ")").collect(Collectors.joining("||', '||"));
        try (ResultSet rows = statement.executeQuery("SELECT " + values + " FROM " + table + " ORDER BY 1")) {
            while (rows.next()) {
                sql.append("INSERT INTO ").append(table).append(" (").append(String.join(", ", columns));
                sql.append(") VALUES (").append(rows.getString(1)).append(");\n");
            }
        }
    }

    /** Creates the database in a new file. */
    void restore(Path file) throws SQLException {
        try (Connection connection = source(file).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String part : END_OF_STATEMENT.split(sql)) {
                statement.execute(part);
            }
            connection.commit();
        }
    }

    /** The number of rows of a table. */
    long rows(String table) {
        return sql.lines()
                .filter(line -> line.startsWith("INSERT INTO " + table + " "))
                .count();
    }

    @Override
    public String toString() {
        return name;
    }

    String text() {
        return sql;
    }

    /** The tables and indexes of a database, without rows. */
    static List<String> structure(DataSource source) throws SQLException {
        List<String> structure = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(OBJECTS)) {
            while (rows.next()) {
                structure.add(rows.getString(3).replaceAll("--[^\\n]*\\n", " ").replaceAll("\\s+", " "));
            }
        }
        return structure;
    }

    static DataSource source(Path file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }
}
