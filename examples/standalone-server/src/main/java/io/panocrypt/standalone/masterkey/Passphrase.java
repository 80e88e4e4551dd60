package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.SecretFile;
import io.panocrypt.standalone.common.StartupException;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a passphrase comes from: a file, such as a systemd credential, or the terminal. Never an argument. */
public final class Passphrase {
    private static final int MIN_BYTES = 12;
    private static final int MAX_BYTES = 1024;

    private final @Nullable Path file;

    /** @param file its first line is the passphrase; null to ask on the terminal */
    public Passphrase(@Nullable Path file) {
        this.file = file;
    }

    /** Whether a file was named for it, so that the master key is meant to be wrapped. */
    public boolean isInFile() {
        return file != null;
    }

    /**
     * The passphrase in UTF-8, which the caller wipes.
     *
     * @param what to ask for on the terminal
     */
    byte[] read(String what) {
        Path from = file;
        if (from == null) {
            return typed(what);
        }
        try {
            byte[] content = SecretFile.read(from, MAX_BYTES, "passphrase file");
            try {
                return firstLine(content);
            } finally {
                Arrays.fill(content, (byte) 0);
            }
        } catch (IOException e) {
            throw new StartupException("cannot use the passphrase: " + StartupException.words(e), e);
        }
    }

    private static byte[] firstLine(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n' && content[end] != '\r') {
            end++;
        }
        return Arrays.copyOf(content, end);
    }

    private static byte[] typed(String what) {
        Console console = System.console();
        if (console == null) {
            throw StartupException.usage(List.of(
                    "the master key is wrapped under a passphrase: name a file with --master-key-passphrase-file, since"
                            + " there is no terminal to ask on"));
        }
        char[] typed = console.readPassword("%s: ", what);
        if (typed == null) {
            throw new StartupException("no passphrase was typed");
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        Arrays.fill(typed, '\0');
        byte[] passphrase = new byte[encoded.remaining()];
        encoded.get(passphrase);
        Arrays.fill(encoded.array(), (byte) 0);
        return passphrase;
    }

    /** A new passphrase, asked twice on the terminal; refuses one that is too short. */
    byte[] chosen() {
        byte[] chosen = read("New passphrase");
        if (file == null) {
            byte[] again = read("Again");
            boolean same = Arrays.equals(chosen, again);
            Arrays.fill(again, (byte) 0);
            if (!same) {
                Arrays.fill(chosen, (byte) 0);
                throw new StartupException("the two passphrases differ; nothing was written");
            }
        }
        if (chosen.length < MIN_BYTES) {
            Arrays.fill(chosen, (byte) 0);
            throw new StartupException(
                    "the passphrase must have " + MIN_BYTES + " characters at least; nothing was written");
        }
        return chosen;
    }
}
