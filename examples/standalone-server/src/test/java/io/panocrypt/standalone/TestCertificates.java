package io.panocrypt.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates and keys of a test, made by openssl in a folder: {@code NAME.pem} and {@code NAME.key}. */
final class TestCertificates {
    private static final byte[] NOTHING = {};

    private final Path folder;

    TestCertificates(Path folder) {
        this.folder = folder;
    }

    /** Creates a self-signed certificate. */
    void selfSigned(String name, int days, String... keyOptions) {
        List<String> command = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", String.valueOf(days)));
        command.addAll(List.of("-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem", "-newkey"));
        command.addAll(List.of(keyOptions.length == 0 ? new String[] {"rsa:2048"} : keyOptions));
        openssl(command.toArray(String[]::new));
    }

    /** Creates a certificate issued by another one. */
    void issued(String name, String issuer) {
        openssl(
                "req",
                "-nodes",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr");
        openssl(
                "x509",
                "-req",
                "-days",
                "90",
                "-in",
                name + ".csr",
                "-CA",
                issuer + ".pem",
                "-CAkey",
                issuer + ".key",
                "-CAcreateserial",
                "-out",
                name + ".pem");
    }

    void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "-C", folder.toString(), "openssl"));
        command.addAll(List.of(arguments));
        Tool.run(NOTHING, command).ok();
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    String text(String name) {
        try {
            return Files.readString(file(name), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
