package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Deque;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An SQLite file and its connections: new ones for the writer, and at most 8 that readers share, opened on demand and
 * kept. Reads run on the calling thread. Thread-safe.
 */
final class SqliteFile implements Reader, Connector {
    static final int MAX_READERS = 8;

    private static final String URL_PREFIX = "jdbc:sqlite:";

    /** Otherwise the driver queries the generated row id after each write, which is not needed. */
    private static final String GENERATED_KEYS = "jdbc.get_generated_keys";

    private final String url;
    private final Driver driver;
    private final Duration timeout;
    private final TableNames names;
    private final Semaphore free = new Semaphore(MAX_READERS, true);

    /** The one that was used last is first: its pages are most likely in memory. */
    private final Deque<PreparedConnection> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    /**
     * Creates the file if it is missing.
     *
     * @param timeout how long a reader waits for one of the connections
     * @throws StoreException if there is no driver, or the file cannot be created
     */
    SqliteFile(Path file, TableNames names, Duration timeout) {
        if (file.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException(
                    "SQLite's driver reads what follows a question mark in a path as options");
        }
        this.url = URL_PREFIX + file;
        this.driver = driver();
        this.names = names;
        this.timeout = timeout;
        create(file);
    }

    /** By the class loader of this class: the DriverManager does not find a driver that came with a web application. */
    private static Driver driver() {
        for (Driver driver : ServiceLoader.load(Driver.class, SqliteFile.class.getClassLoader())) {
            if (accepts(driver)) {
                return driver;
            }
        }
        throw new StoreException("there is no driver for SQLite; add org.xerial:sqlite-jdbc to the application");
    }

    private static boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(URL_PREFIX);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Readable only by its owner from the first moment; SQLite creates its other files with this file's mode. */
    private static void create(Path file) {
        FileAttribute<?>[] attributes =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, attributes);
            }
        } catch (FileAlreadyExistsException e) {
            // Another process has created it in the meantime.
        } catch (IOException e) {
            throw new StoreException("cannot create " + file, e);
        }
    }

    @Override
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(GENERATED_KEYS, "false");
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new SQLException("the driver for SQLite gives no connection");
        }
        return connection;
    }

    @Override
    public <T> T read(Wait wait, String sql, Mapping<T> mapping, Object... values) {
        try {
            awaitTurn();
            try {
                return readInTurn(sql, mapping, values);
            } finally {
                free.release();
            }
        } catch (SQLException e) {
            throw Faults.reading(e, Dialect.SQLITE);
        }
    }

    private void awaitTurn() throws SQLException {
        try {
            if (!free.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLTransientConnectionException(
                        MAX_READERS + " reads have not ended within " + timeout.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for other reads", e);
        }
    }

    private <T> T readInTurn(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        PreparedConnection known = idle.poll();
        PreparedConnection connection = known == null ? new PreparedConnection(connect(), names) : known;
        boolean usable = false;
        try {
            T answer = connection.read(sql, mapping, values);
            usable = true;
            return answer;
        } finally {
            if (usable) {
                idle.push(connection);
            } else {
                connection.close();
            }
            if (closed) {
                closeIdle();
            }
        }
    }

    private void closeIdle() throws SQLException {
        for (PreparedConnection one = idle.poll(); one != null; one = idle.poll()) {
            one.close();
        }
    }

    /** Closes the readers' connections: one that is in use, when its read has ended. */
    @Override
    public void close() {
        closed = true;
        try {
            closeIdle();
        } catch (SQLException e) {
            throw new StoreException("cannot close the file", e);
        }
    }
}
