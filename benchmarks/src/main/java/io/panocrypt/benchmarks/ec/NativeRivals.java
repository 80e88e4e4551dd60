package io.panocrypt.benchmarks.ec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * OpenSSL, and libjose if present at build time, in a co-process that reads one command per line (see
 * {@code native/rivals.c}). Not thread-safe.
 */
final class NativeRivals implements AutoCloseable {
    private static final String WITH_LIBJOSE = "libjose";

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final String version;

    private NativeRivals(Process process) throws IOException {
        this.process = process;
        this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        this.version = answer();
    }

    /** Starts the co-process with the material's key and point; empty if the program was not built. */
    static Optional<NativeRivals> start(Path program, Material material) throws IOException, GeneralSecurityException {
        if (!Files.isExecutable(program)) {
            return Optional.empty();
        }
        Process process = new ProcessBuilder(program.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        NativeRivals rivals = new NativeRivals(process);
        HexFormat hex = HexFormat.of();
        rivals.ask("load %s %s %s %s %s"
                .formatted(
                        hex.formatHex(material.key().copyScalar()),
                        hex.formatHex(material.key().publicKey().x()),
                        hex.formatHex(material.key().publicKey().y()),
                        hex.formatHex(material.x()),
                        hex.formatHex(material.y())));
        rivals.ask("jwks " + Jwk.secret(material.key()) + " " + Jwk.of(material.point()));
        return Optional.of(rivals);
    }

    /** The versions of the libraries. */
    String version() {
        return version;
    }

    boolean hasLibjose() {
        return version.contains(WITH_LIBJOSE);
    }

    /** The result of an operation: x and y in hex, or a JWK. */
    String answerOf(String operation) throws IOException {
        return ask("answer " + operation);
    }

    Contender contender(Rival rival, String operation) {
        return new Contender() {
            @Override
            public Rival rival() {
                return rival;
            }

            @Override
            public long nanosOf(int operations) throws IOException {
                return Long.parseLong(ask("run " + operation + " " + operations));
            }
        };
    }

    private String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the native co-process has ended; see its standard error");
        }
        return line;
    }

    /** Ends the co-process. */
    @Override
    public void close() {
        process.destroy();
    }
}
