package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.internal.Base64Url;
import io.panocrypt.crypto.internal.JwkPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory of keys as a Tang server keeps it: {@code *.jwk} files, those with a leading dot hidden.
 *
 * <p>Every call reads the directory and every key file again, so that a rotation acts at once; a file whose content did
 * not change is not parsed again. Keys are in the order of their file names. Files that hold no usable key are skipped,
 * with a warning when first seen. Where no visible key exists, the next call makes a signing and an exchange key on
 * P-521. Thread-safe. I/O faults are {@link UncheckedIOException}.
 */
public final class TangKeyDirectory {
    private static final System.Logger LOG = System.getLogger(TangKeyDirectory.class.getName());
    private static final String SUFFIX = ".jwk";
    private static final int MAX_SCANS = 5;

    private final Path directory;
    private final EcEngine engine;
    private final SecureRandom random;
    private Map<String, Entry> known = Map.of();

    private record Entry(byte[] digest, @Nullable TangKey key) {}

    /**
     * The keys in a directory, with a signature nonce source of the platform's own.
     *
     * @param directory an existing directory
     * @param engine makes keys and multiplies
     */
    public TangKeyDirectory(Path directory, EcEngine engine) {
        this(directory, engine, new SecureRandom());
    }

    /**
     * The keys in a directory.
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
     * @throws IllegalStateException if there are visible keys but no signing key among them
     */
    public Optional<byte[]> advertisement(@Nullable String thumbprint) {
        Map<String, TangKey> keys = read();
        List<TangKey> visible = keys.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("."))
                .map(Map.Entry::getValue)
                .toList();
        List<TangKey> signers = new ArrayList<>(
                visible.stream().filter(key -> key.role() == KeyRole.SIGNING).toList());
        if (signers.isEmpty()) {
            throw new IllegalStateException("the key directory has no visible signing key");
        }
        if (thumbprint != null) {
            Optional<TangKey> named = find(keys, thumbprint).filter(key -> key.role() == KeyRole.SIGNING);
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
        return find(read(), kid);
    }

    private static Optional<TangKey> find(Map<String, TangKey> keys, String thumbprint) {
        return keys.values().stream()
                .filter(key -> key.publicKey().hasThumbprint(thumbprint))
                .findFirst();
    }

    private synchronized Map<String, TangKey> read() {
        try {
            Map<String, TangKey> keys = scan();
            if (keys.keySet().stream().allMatch(name -> name.startsWith("."))) {
                create(KeyRole.SIGNING);
                create(KeyRole.EXCHANGE);
                keys = scan();
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("key directory " + directory, e);
        }
    }

    /** A rotation may rename a file between listing and reading; a listing that lost a file is made again. */
    private Map<String, TangKey> scan() throws IOException {
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

    private Map<String, TangKey> scanOnce() throws IOException {
        Map<String, Entry> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                if (!Files.isDirectory(file)) {
                    String name = file.getFileName().toString();
                    found.put(name, readFile(file, name));
                }
            }
        }
        known = found;
        Map<String, TangKey> keys = new TreeMap<>();
        found.forEach((name, entry) -> {
            if (entry.key() != null) {
                keys.put(name, entry.key());
            }
        });
        return keys;
    }

    private Entry readFile(Path file, String name) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            byte[] digest = ThumbprintAlgorithm.S256.newDigest().digest(content);
            Entry old = known.get(name);
            return old != null && MessageDigest.isEqual(old.digest(), digest)
                    ? old
                    : new Entry(digest, parse(content, name));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private @Nullable TangKey parse(byte[] content, String name) {
        try {
            return TangKey.parse(content, engine);
        } catch (InvalidKeyException e) {
            LOG.log(System.Logger.Level.WARNING, "skipped key file {0}: {1}", name, e.getMessage());
            return null;
        }
    }

    /** Writes under a name that is no key's, with the final mode from the first moment (CVE-2023-1672), then renames. */
    private void create(KeyRole role) throws IOException {
        try (EcKeyPair pair = engine.generate(Curve.P_521)) {
            PublicJwk publicKey = PublicJwk.of(role, pair.publicKey());
            byte[] content = fileContent(publicKey, pair);
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

    private static byte[] fileContent(PublicJwk publicKey, EcKeyPair pair) {
        byte[] scalar = pair.copyScalar();
        try {
            String operations = publicKey.role() == KeyRole.EXCHANGE ? "\"deriveKey\"" : "\"sign\",\"verify\"";
            String json = "{\"alg\":\"" + publicKey.algorithm() + "\",\"crv\":\""
                    + publicKey.point().curve().crv() + "\",\"d\":\"" + Base64Url.encode(scalar)
                    + "\",\"key_ops\":[" + operations + "],\"kty\":\"EC\","
                    + JwkPoint.coordinates(publicKey.point(), ",", ":") + "}\n";
            return json.getBytes(StandardCharsets.US_ASCII);
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }
}
