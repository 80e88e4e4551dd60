package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.MasterKeyWrap;
import io.panocrypt.crypto.custody.SecretFile;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.security.auth.login.FailedLoginException;

/** Reads and writes files with a master key, plain or wrapped under a passphrase or a key in a token. */
public final class MasterKeyFile {
    private static final int MAX_BYTES = 4096;

    private MasterKeyFile() {}

    /**
     * Reads a file.
     *
     * @param secrets used only if the key is wrapped
     * @return the key, which the caller closes
     */
    public static MasterKey read(Path file, WrapSecrets secrets) {
        try {
            byte[] content = SecretFile.read(file, MAX_BYTES, "master key");
            try {
                if (!Envelopes.isEnvelope(content)) {
                    return MasterKey.load(file);
                }
                try (MasterKeyWrap wrap = wrapOf(content, file, secrets)) {
                    return MasterKey.unwrap(wrap, content);
                }
            } finally {
                Arrays.fill(content, (byte) 0);
            }
        } catch (IOException | CustodyException e) {
            throw cannot("use", file, e);
        }
    }

    private static MasterKeyWrap wrapOf(byte[] envelope, Path file, WrapSecrets secrets) {
        return switch (Envelopes.kind(envelope)) {
            case PassphraseWrap.KIND ->
                new PassphraseWrap(secrets.passphrase().read("Passphrase of " + file), new SecureRandom());
            case TokenWrap.KIND -> secrets.token().wrap();
            default -> throw Envelopes.unknown();
        };
    }

    /** Writes a key, wrapped under a new passphrase, to a file that must not exist. */
    public static void wrap(MasterKey key, Path file, Passphrase passphrase) {
        try (MasterKeyWrap wrap = new PassphraseWrap(passphrase.chosen(), new SecureRandom())) {
            write(key, file, wrap);
        }
    }

    /** Writes a key, wrapped under a key that is made in the token if it is missing, to a file that must not exist. */
    public static void wrap(MasterKey key, Path file, KeyToken token) {
        if (Files.exists(file)) {
            // Before a key is made in the token.
            throw cannot("write", file, new FileAlreadyExistsException(file.toString()));
        }
        try (MasterKeyWrap wrap = token.wrap()) {
            write(key, file, wrap);
        }
    }

    private static void write(MasterKey key, Path file, MasterKeyWrap wrap) {
        try {
            byte[] envelope = key.wrap(wrap);
            byte[] line = Arrays.copyOf(envelope, envelope.length + 1);
            line[envelope.length] = '\n';
            SecretFile.create(file, line);
        } catch (IOException | CustodyException e) {
            throw cannot("write", file, e);
        }
    }

    /** Writes a key to a file that must not exist. */
    public static void save(MasterKey key, Path file) {
        try {
            key.save(file);
        } catch (IOException e) {
            throw cannot("write", file, e);
        }
    }

    private static StartupException cannot(String what, Path file, Exception fault) {
        String reason = fault instanceof IOException io ? StartupException.words(io) : fault.getMessage();
        String problem = "cannot " + what + " the master key " + file + ": " + reason;
        return fault.getCause() instanceof FailedLoginException
                ? StartupException.pinRefused(problem)
                : new StartupException(problem, fault);
    }
}
