package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.EcEngine;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All keys of a Tang key directory with their private halves, read once to be moved elsewhere; {@link #close()} wipes them.
 *
 * <p>Unlike {@link TangKeyDirectory} it skips no key file, and makes no key. Immutable and thread-safe.
 */
public final class TangKeyFiles implements AutoCloseable {
    private final List<KeyFile> files;

    private record KeyFile(String name, FileTime modified, PrivateJwk key) {}

    private TangKeyFiles(List<KeyFile> files) {
        this.files = files.stream()
                .sorted(Comparator.comparing(KeyFile::modified).thenComparing(KeyFile::name))
                .toList();
    }

    /**
     * Reads a directory.
     *
     * @param engine checks the keys
     * @return the keys, which the caller closes
     * @throws IOException if the directory cannot be read or an entry {@code *.jwk} is no private key; its message names the
     *     entry and why, and quotes none of its content
     */
    public static TangKeyFiles read(Path directory, EcEngine engine) throws IOException {
        List<KeyFile> files = new ArrayList<>();
        boolean complete = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + TangKeyDirectory.SUFFIX)) {
            for (Path entry : entries) {
                files.add(file(entry, engine));
            }
            complete = true;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } finally {
            if (!complete) {
                files.forEach(file -> file.key().close());
            }
        }
        return new TangKeyFiles(files);
    }

    private static KeyFile file(Path entry, EcEngine engine) throws IOException {
        String name = entry.getFileName().toString();
        TangKeyFile file = TangKeyFile.read(entry, null, engine);
        TangKey key = file.key();
        if (key == null) {
            throw new IOException(TangKeyDirectory.printable(name) + ": " + file.problem());
        }
        return new KeyFile(name, Files.getLastModifiedTime(entry), PrivateJwk.of(key.publicKey(), key.pair()));
    }

    /** The advertised keys, in the order in which their files were last modified. */
    public List<PrivateJwk> visible() {
        return keys(false);
    }

    /** The keys that answer and are not advertised, in the order in which their files were last modified. */
    public List<PrivateJwk> hidden() {
        return keys(true);
    }

    private List<PrivateJwk> keys(boolean hidden) {
        return files.stream()
                .filter(file -> TangKeyDirectory.isHidden(file.name()) == hidden)
                .map(KeyFile::key)
                .toList();
    }

    @Override
    public void close() {
        files.forEach(file -> file.key().close());
    }
}
