package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Members;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.FirstAdministrator;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator is told where the administrator's token is, or how to get one. */
class FirstAdministratorTest {
    @TempDir
    private Path directory;

    private DataDirectory files;
    private Storage storage;
    private Service service;

    @BeforeEach
    void open() {
        Path data = directory.resolve("data");
        files = new DataDirectory(data, data.resolve("master-key"));
        storage = Storage.local(files);
        service = Service.open(storage, URI.create("http://127.0.0.1"));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Members members() {
        return service.panocrypt().members();
    }

    private List<String> make() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        new FirstAdministrator(storage, "http://127.0.0.1", new PrintStream(told, true, StandardCharsets.UTF_8))
                .make(members());
        return told.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private boolean isAdministrators(Path file) throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        return members().authenticate(Files.readString(file).strip()).isPresent();
    }

    private List<String> names() throws IOException {
        try (var found = Files.list(files.directory())) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(".admin-token"))
                    .toList();
        }
    }

    @Test
    void tellsWhereTheTokenIsOnce() throws IOException {
        List<String> told = make();
        assertEquals(3, told.size(), told.toString());
        assertTrue(told.get(1).startsWith("console: http://127.0.0.1/console/ "), told.get(1));
        assertTrue(isAdministrators(files.administratorTokenFile()));
        assertEquals(List.of(), names(), "nothing else holds a token");
        assertEquals(List.of(), make());
    }

    @Test
    void saysWhatToTypeWhereTheTokenIsGone() throws IOException {
        make();
        Files.delete(files.administratorTokenFile());
        List<String> told = make();
        assertEquals(1, told.size(), told.toString());
        assertTrue(told.get(0).endsWith("./panocrypt admin-token --data " + files.directory()), told.get(0));
    }

    @Test
    void saysThatTheMasterKeyIsElsewhere() throws IOException {
        make();
        Path key = directory.resolve("key");
        DataDirectory other = new DataDirectory(directory.resolve("other"), key);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        new FirstAdministrator(
                        Storage.local(other), "http://127.0.0.1", new PrintStream(told, true, StandardCharsets.UTF_8))
                .make(members());
        String line = told.toString(StandardCharsets.UTF_8).strip();
        assertTrue(line.endsWith("--data " + other.directory() + " --master-key-file " + key), line);
    }

    @Test
    void namesTheDirectoryThatTheMasterKeyNeeds() {
        DataDirectory other = new DataDirectory(directory.resolve("other"), directory.resolve("absent/key"));
        StartupException refused = assertThrows(
                StartupException.class, () -> Service.open(Storage.local(other), URI.create("http://127.0.0.1")));
        assertTrue(
                refused.getMessage().startsWith("there is no directory " + directory.resolve("absent")),
                refused.getMessage());
    }

    @Test
    void saysNothingOfACauseThatSaysNothing() {
        assertEquals("no commit", Storage.describe(new StoreRejectedException("no commit", new TimeoutException())));
        assertEquals("no: disk", Storage.describe(new StoreException("no", new IOException("disk"))));
    }
}
