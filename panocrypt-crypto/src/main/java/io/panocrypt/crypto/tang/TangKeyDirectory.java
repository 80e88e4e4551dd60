package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Tang server's key directory: {@code *.jwk} files; those with a leading dot are hidden.
 *
 * <p>Every call reads the directory and every key file again, so a rotation takes effect at once; an unchanged file is
 * not parsed again. Keys are in the order of their file names. A file that cannot be read or holds no usable key is
 * skipped, with one warning for each change of the file; the other keys are served. Coordinates are advertised as the
 * file has them, and thumbprints computed over that form, even if leading zeros are missing. If no visible file exists,
 * the next call makes a signing and an exchange key on P-521; a visible file prevents that, even a skipped one.
 * Thread-safe. I/O faults of the directory itself are {@link UncheckedIOException}.
 */
public final class TangKeyDirectory {
    private static final System.Logger LOG = System.getLogger(TangKeyDirectory.class.getName());
    static final String SUFFIX = ".jwk";
    private static final int MAX_SCANS = 5;
    private static final String UNREADABLE = "the key directory cannot be read, or no key written into it";

    private final Path directory;
    private final EcEngine engine;
    private final SecureRandom random;
    private Map<String, TangKeyFile> known = Map.of();
    private @Nullable String lastUnready;

    /** The directory at one moment: its keys, and why the other files are skipped, by file name. */
    private record Content(Map<String, TangKey> keys, Map<String, String> skipped) {
        List<TangKey> visible() {
            return keys.entrySet().stream()
                    .filter(entry -> !isHidden(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        @Nullable String unreadyReason() {
            String missing;
            if (visible().stream().noneMatch(key -> key.role() == KeyRole.SIGNING)) {
                missing = "the key directory has no visible signing key";
            } else if (keys.values().stream().noneMatch(key -> key.role() == KeyRole.EXCHANGE)) {
                missing = "the key directory has no exchange key";
            } else {
                return null;
            }
            return skipped.isEmpty() ? missing : missing + "; skipped are " + String.join(", ", descriptions());
        }

        List<String> descriptions() {
            return skipped.entrySet().stream()
                    .map(file -> printable(file.getKey()) + ": " + file.getValue())
                    .toList();
        }
    }

    /**
     * Opens a key directory, with signature nonces from a new {@link SecureRandom}.
     *
     * @param directory an existing directory
     * @param engine makes keys and multiplies
     */
    public TangKeyDirectory(Path directory, EcEngine engine) {
        this(directory, engine, new SecureRandom());
    }

    /**
     * Opens a key directory.
     *
     * @param directory an existing directory
     * @param engine makes keys and multiplies
     * @param random the source of signature nonces and of temporary file names
     */
    public TangKeyDirectory(Path directory, EcEngine engine, SecureRandom random) {
        this.directory = directory;
        this.engine = engine;
        this.random = random;
    }

    /**
     * The signed advertisement of the visible keys.
     *
     * @param thumbprint null for the usual advertisement; else any of the five thumbprints of a signing key, visible or
     *     hidden, that signs in addition
     * @return the JWS, or empty if no signing key has this thumbprint
     * @throws IllegalStateException if there are visible files but no signing key among them
     */
    public Optional<byte[]> advertisement(@Nullable String thumbprint) {
        Content content = read();
        List<TangKey> visible = content.visible();
        List<TangKey> signers = new ArrayList<>(
                visible.stream().filter(key -> key.role() == KeyRole.SIGNING).toList());
        if (signers.isEmpty()) {
            throw new IllegalStateException(content.unreadyReason());
        }
        if (thumbprint != null) {
            Optional<TangKey> named = find(content.keys(), thumbprint).filter(key -> key.role() == KeyRole.SIGNING);
            if (named.isEmpty()) {
                return Optional.empty();
            }
            if (!signers.contains(named.get())) {
                signers.add(named.get());
            }
        }
        return Optional.of(Advertisement.signAnyKeySet(
                visible.stream().map(TangKey::publicKey).toList(),
                signers.stream()
                        .map(key -> new JcaJwsSigner(key.pair(), random))
                        .toList()));
    }

    /**
     * The key with a thumbprint, visible or hidden, of any role.
     *
     * @param kid any of the five thumbprints
     * @return the key, or empty if there is none
     */
    public Optional<TangKey> key(String kid) {
        return find(read().keys(), kid);
    }

    /**
     * Why the directory cannot serve now, in a short phrase without quotes; empty if it can.
     *
     * <p>It can serve if it is readable and has a visible signing key and an exchange key, visible or hidden. A
     * directory that cannot be read gives a reason and no exception.
     */
    public Optional<String> unreadyReason() {
        try {
            return Optional.ofNullable(read().unreadyReason());
        } catch (UncheckedIOException e) {
            return Optional.of(UNREADABLE);
        }
    }

    /**
     * The skipped files, each as its name and the reason, in the order of their names.
     *
     * <p>In a name, each character other than a letter, a digit or one of {@code _.=+~#-} becomes a question mark.
     * Empty also for a directory that cannot be read.
     */
    public List<String> skippedFiles() {
        try {
            return read().descriptions();
        } catch (UncheckedIOException e) {
            return List.of();
        }
    }

    static boolean isHidden(String name) {
        return name.startsWith(".");
    }

    static String printable(String name) {
        return name.replaceAll("[^A-Za-z0-9_.=+~#-]", "?");
    }

    private static Optional<TangKey> find(Map<String, TangKey> keys, String thumbprint) {
        return keys.values().stream()
                .filter(key -> key.publicKey().hasThumbprint(thumbprint))
                .findFirst();
    }

    private synchronized Content read() {
        try {
            Content content = scan();
            if (known.keySet().stream().allMatch(TangKeyDirectory::isHidden)) {
                create(KeyRole.SIGNING);
                create(KeyRole.EXCHANGE);
                content = scan();
            }
            report(content.unreadyReason());
            return content;
        } catch (IOException e) {
            report(UNREADABLE);
            throw new UncheckedIOException("key directory " + directory, e);
        }
    }

    private void report(@Nullable String unready) {
        if (!Objects.equals(unready, lastUnready)) {
            lastUnready = unready;
            if (unready == null) {
                LOG.log(System.Logger.Level.INFO, "key directory {0} is ready", directory);
            } else {
                LOG.log(System.Logger.Level.ERROR, "key directory {0} is not ready: {1}", directory, unready);
            }
        }
    }

    /** Lists the directory again if a file disappeared before it was read, since a rotation may have renamed it. */
    private Content scan() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return scanOnce();
            } catch (NoSuchFileException e) {
                if (attempt == MAX_SCANS || !Files.isDirectory(directory)) {
                    throw e;
                }
            }
        }
    }

    private Content scanOnce() throws IOException {
        Map<String, TangKeyFile> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                found.put(name, TangKeyFile.read(file, known.get(name), engine));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Map<String, TangKeyFile> before = known;
        known = found;
        Map<String, TangKey> keys = new TreeMap<>();
        Map<String, String> skipped = new TreeMap<>();
        found.forEach((name, file) -> {
            if (file.key() != null) {
                keys.put(name, file.key());
            } else {
                skipped.put(name, file.problem());
                if (!file.sameAs(before.get(name))) {
                    LOG.log(System.Logger.Level.WARNING, "skipped key file {0}: {1}", printable(name), file.problem());
                }
            }
        });
        return new Content(keys, skipped);
    }

    /** Writes under a name that is not a key's, with the final mode from the start (CVE-2023-1672), then renames. */
    private void create(KeyRole role) throws IOException {
        try (EcKeyPair pair = engine.generate(Curve.P_521)) {
            PublicJwk publicKey = PublicJwk.of(role, pair.publicKey());
            byte[] content = PrivateJwk.of(publicKey, pair).toJson();
            Path temporary = directory.resolve("." + publicKey.kid() + "." + Long.toHexString(random.nextLong()));
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r-----")))) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            } finally {
                Arrays.fill(content, (byte) 0);
            }
            Files.move(temporary, directory.resolve(publicKey.kid() + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        }
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
