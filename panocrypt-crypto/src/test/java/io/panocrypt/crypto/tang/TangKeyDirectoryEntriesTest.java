package io.panocrypt.crypto.tang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.JcaEngine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An entry of a key directory that holds no key must not affect the others. */
class TangKeyDirectoryEntriesTest {
    private static final String SIGNING = "6ewepiTvX3B0ZuWIfiplXoKTcEK4bxY7Fj6dHNfcNtc";
    private static final String EXCHANGE = "S5pZ0RC-YcgGBdSiXN_20pVOvdrpj4PLEVW12G26XN4";
    /** Expires only if a read never returns. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final JcaEngine engine = new JcaEngine(new SecureRandom());
    private final Logger logger = Logger.getLogger(TangKeyDirectory.class.getName());
    private final Log log = new Log();
    private TangKeyDirectory directory;

    private static final class Log extends Handler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws IOException {
        for (Path file : Golden.keyFiles("keys-a")) {
            Files.copy(file, folder.resolve(file.getFileName().toString()));
        }
        directory = new TangKeyDirectory(folder, engine);
        logger.addHandler(log);
    }

    @AfterEach
    void stopLogging() {
        logger.removeHandler(log);
    }

    /** What real directories hold besides keys, or in place of one. */
    enum Kind {
        DIRECTORY("it is a directory") {
            @Override
            void put(Path file) throws IOException {
                Files.createDirectory(file);
            }
        },
        DANGLING_LINK("it is a link to a file that does not exist") {
            @Override
            void put(Path file) throws IOException {
                Files.createSymbolicLink(file, file.resolveSibling("nowhere"));
            }
        },
        LOOP("it cannot be read (Too many levels of symbolic links") {
            @Override
            void put(Path file) throws IOException {
                Files.createSymbolicLink(file, file.getFileName());
            }
        },
        FIFO("it is not a regular file") {
            @Override
            void put(Path file) throws Exception {
                assertEquals(
                        0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
            }
        },
        SOCKET("it is not a regular file") {
            @Override
            void put(Path file) throws IOException {
                try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.bind(UnixDomainSocketAddress.of(file));
                }
            }
        },
        HUGE("it is longer than 65536 bytes") {
            @Override
            void put(Path file) throws IOException {
                try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                    // More than a Java array can hold.
                    sparse.setLength(3L << 30);
                }
            }
        },
        NOT_READABLE("this process may not read it") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(file, "{}");
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
                assumeFalse(Files.isReadable(file), "root may read anything");
            }
        },
        EMPTY("not one JSON value") {
            @Override
            void put(Path file) throws IOException {
                Files.createFile(file);
            }
        },
        GARBAGE("not one JSON value") {
            @Override
            void put(Path file) throws IOException {
                Files.write(file, new byte[] {(byte) 0xFF, 0, 1});
            }
        },
        DEEP("not one JSON value") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(file, "[".repeat(60_000));
            }
        },
        ARRAY("not a JSON object") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(file, "[" + Files.readString(file.resolveSibling(EXCHANGE + ".jwk")) + "]");
            }
        },
        KEY_SET("not an EC key") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(
                        file, "{\"keys\":[" + Files.readString(file.resolveSibling(EXCHANGE + ".jwk")) + "]}");
            }
        },
        RSA("not an EC key") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(file, "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"AQAB\",\"e\":\"AQAB\"}");
            }
        },
        UNKNOWN_CURVE("not an EC key: crv is unknown") {
            @Override
            void put(Path file) throws IOException {
                Files.writeString(
                        file,
                        Files.readString(file.resolveSibling(EXCHANGE + ".jwk")).replace("P-521", "secp256k1"));
            }
        };

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        abstract void put(Path file) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void servesTheRestAndNamesTheFile(Kind kind) throws Exception {
        kind.put(folder.resolve("bad.jwk"));
        assertTimeoutPreemptively(TIMEOUT, () -> {
            for (int request = 0; request < 3; request++) {
                assertEquals(
                        List.of(SIGNING, EXCHANGE),
                        Advertisement.parse(directory.advertisement(null).orElseThrow()).keys().stream()
                                .map(PublicJwk::kid)
                                .toList());
                assertTrue(directory.key(EXCHANGE).isPresent());
            }
        });
        assertEquals(Optional.empty(), directory.unreadyReason());
        List<String> skipped = directory.skippedFiles();
        assertEquals(1, skipped.size(), skipped::toString);
        assertTrue(skipped.get(0).startsWith("bad.jwk: " + kind.reason), skipped::toString);
        assertEquals(List.of("skipped key file " + skipped.get(0)), log.lines, "once, and not for each request");
    }

    @ParameterizedTest
    @EnumSource
    void isNotReadyAndMakesNoKeysWhereNothingElseIsLeft(Kind kind) throws Exception {
        kind.put(folder.resolve("bad.jwk"));
        Files.delete(folder.resolve(SIGNING + ".jwk"));
        Files.delete(folder.resolve(EXCHANGE + ".jwk"));
        assertTimeoutPreemptively(TIMEOUT, () -> {
            assertThrows(IllegalStateException.class, () -> directory.advertisement(null));
            assertThrows(IllegalStateException.class, () -> directory.advertisement(null));
        });
        String reason = directory.unreadyReason().orElseThrow();
        assertTrue(
                reason.startsWith("the key directory has no visible signing key; skipped are bad.jwk: " + kind.reason),
                reason);
        assertEquals(
                List.of(
                        "skipped key file " + directory.skippedFiles().get(0),
                        "key directory " + folder + " is not ready: " + reason),
                log.lines);
        try (Stream<Path> visible =
                Files.list(folder).filter(file -> !file.toString().contains("/."))) {
            assertEquals(
                    List.of(folder.resolve("bad.jwk")),
                    visible.toList(),
                    "no key was made while another file may be one");
        }
    }

    @Test
    void warnsAgainWhenTheFileChangesAndSaysWhenTheDirectoryIsReadyAgain() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.jwk"), "{");
        directory.key(EXCHANGE);
        Files.writeString(bad, "[");
        directory.key(EXCHANGE);
        Files.delete(bad);
        directory.key(EXCHANGE);
        assertEquals(List.of(), directory.skippedFiles());
        String line = "skipped key file bad.jwk: not one JSON value";
        assertEquals(List.of(line, line), log.lines);

        log.lines.clear();
        Path signing = folder.resolve(SIGNING + ".jwk");
        Path away = folder.resolve("away");
        Files.move(signing, away);
        assertTrue(directory.unreadyReason().isPresent());
        Files.move(away, signing);
        assertEquals(Optional.empty(), directory.unreadyReason());
        assertEquals("key directory " + folder + " is ready", log.lines.get(1));
    }

    @Test
    void ignoresWhatEditorsLeaveAndPrintsNamesSafely() throws IOException {
        for (String name : List.of("a.jwk~", "a.jwk.swp", ".a.jwk.swp", "#a.jwk#", "4913", "a.jwk.bak")) {
            Files.writeString(folder.resolve(name), "{");
        }
        assertEquals(List.of(), directory.skippedFiles());
        Files.createSymbolicLink(folder.resolve(".#a.jwk"), Path.of("root@host.4711:1"));
        Files.writeString(folder.resolve("b\"\n\u001b[1m.jwk"), "{");
        assertEquals(
                List.of(".#a.jwk: it is a link to a file that does not exist", "b????1m.jwk: not one JSON value"),
                directory.skippedFiles());
    }

    @Test
    void saysThatTheDirectoryCannotBeRead() throws IOException {
        TangKeyDirectory missing = new TangKeyDirectory(folder.resolve("none"), engine);
        String reason = missing.unreadyReason().orElseThrow();
        assertEquals(Optional.of(reason), missing.unreadyReason());
        assertEquals(List.of("key directory " + folder.resolve("none") + " is not ready: " + reason), log.lines);
    }

    @Test
    void servesFilesWhoseNumbersLackLeadingZerosAsTheyAreWritten() throws Exception {
        for (KeyRole role : KeyRole.values()) {
            for (String member : List.of("x", "y", "d")) {
                for (int zeros : new int[] {0, 3}) {
                    servesAsWritten(role, member, zeros);
                }
            }
        }
    }

    private void servesAsWritten(KeyRole role, String member, int zeros) throws Exception {
        Path fresh = Files.createTempDirectory(folder, "short");
        TangKeyDirectory made = new TangKeyDirectory(fresh, engine);
        Path file;
        byte[] number;
        // Every second number on P-521 begins with a zero byte.
        do {
            try (Stream<Path> old = Files.list(fresh)) {
                old.forEach(path -> path.toFile().delete());
            }
            PublicJwk key = Advertisement.parse(made.advertisement(null).orElseThrow()).keys().stream()
                    .filter(candidate -> candidate.role() == role)
                    .findFirst()
                    .orElseThrow();
            file = fresh.resolve(key.kid() + ".jwk");
            number = Golden.decode(Golden.json(file), member);
        } while (number[0] != 0 || number[1] == 0);
        String full = Golden.json(file).path(member).textValue();
        byte[] other = new byte[number.length - 1 + zeros];
        System.arraycopy(number, 1, other, zeros, number.length - 1);
        String written = Base64.getUrlEncoder().withoutPadding().encodeToString(other);
        assumeTrue(!written.equals(full));
        String text = Files.readString(file).replace(full, written);
        Files.delete(file);
        Files.writeString(file, text);

        String x = Golden.json(file).path("x").textValue();
        String y = Golden.json(file).path("y").textValue();
        String kid = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ThumbprintAlgorithm.S256
                        .newDigest()
                        .digest(("{\"crv\":\"P-521\",\"kty\":\"EC\",\"x\":\"" + x + "\",\"y\":\"" + y + "\"}")
                                .getBytes(StandardCharsets.US_ASCII)));
        assertEquals(List.of(), made.skippedFiles());
        assertEquals(role, made.key(kid).orElseThrow().role());
        assertEquals(Curve.P_521, made.key(kid).orElseThrow().curve());
        Advertisement advertisement =
                Advertisement.parse(made.advertisement(null).orElseThrow());
        assertTrue(advertisement.keySet().contains("\"x\": \"" + x + "\", \"y\": \"" + y + "\""), "as written");
        assertTrue(advertisement.keys().stream().anyMatch(key -> key.kid().equals(kid)));
    }
}
