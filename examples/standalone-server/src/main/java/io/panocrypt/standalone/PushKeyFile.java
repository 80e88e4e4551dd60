package io.panocrypt.standalone;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.StandardEngine;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The file with the key that this site signs web push with: scalar, x and y, 32 bytes each, mode 0600.
 *
 * <p>Whoever has it can send pushes in the site's name to whoever also knows a subscription; it opens nothing. Browsers
 * subscribe to this very key, so that it is made once and must not be lost.
 */
record PushKeyFile(Path file) {
    private static final int PART = 32;

    /** The key, a new one if there is no file. */
    EcKeyPair open() {
        try {
            if (!Files.exists(file)) {
                create();
            }
            return read();
        } catch (IOException | InvalidPointException e) {
            throw new StartupException("cannot use the push key " + file + ": " + e.getMessage(), e);
        }
    }

    private void create() throws IOException {
        byte[] bytes = new byte[3 * PART];
        try (EcKeyPair pair = new StandardEngine(new SecureRandom()).generate(Curve.P_256)) {
            byte[] scalar = pair.copyScalar();
            System.arraycopy(scalar, 0, bytes, 0, PART);
            Arrays.fill(scalar, (byte) 0);
            System.arraycopy(pair.publicKey().x(), 0, bytes, PART, PART);
            System.arraycopy(pair.publicKey().y(), 0, bytes, 2 * PART, PART);
        }
        Path temporary = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                ".push-key",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(temporary, bytes);
            // A link, unlike a move, never replaces a key that another process has made meanwhile.
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            return;
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Files.delete(temporary);
        }
    }

    private EcKeyPair read() throws IOException, InvalidPointException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            if (bytes.length != 3 * PART) {
                throw new IOException("it is not " + 3 * PART + " bytes long");
            }
            EcPoint publicKey = EcPoint.of(
                    Curve.P_256,
                    Arrays.copyOfRange(bytes, PART, 2 * PART),
                    Arrays.copyOfRange(bytes, 2 * PART, 3 * PART));
            return EcKeyPair.of(Curve.P_256, Arrays.copyOf(bytes, PART), publicKey);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
