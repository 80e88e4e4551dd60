package io.panocrypt.standalone.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Information written by the build. */
public final class BuildInfo {
    /** The version of this server, such as 0.1.0. */
    public static final String VERSION = readVersion();

    private BuildInfo() {}

    private static String readVersion() {
        // The build writes the version into the resource.
        try (InputStream resource = BuildInfo.class.getResourceAsStream("/META-INF/panocrypt-version.txt")) {
            return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
