package io.panocrypt.testkit.wire;

import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract run on tangd itself: if tangd fails a rule that it claims, the rule is wrong. */
@RequiresTools({DebianTangd.TANGD, DebianTangd.KEYGEN, "jose"})
final class DebianTangdTest extends TangServerContract {

    @TempDir
    static Path keys;

    private static DebianTangd tangd;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        tangd = DebianTangd.start(keys);
    }

    @AfterAll
    static void stop() throws IOException {
        tangd.close();
    }

    @Override
    protected URI baseUrl() {
        return tangd.url();
    }

    @Override
    protected Optional<String> hiddenSigningThumbprint() {
        try {
            return Optional.of(tangd.hiddenSigningThumbprint());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean namesAllowedMethods() {
        return false;
    }

    @Override
    protected boolean requiresExactCoordinates() {
        return false;
    }

    @Override
    protected boolean describesErrors() {
        return false;
    }

    @Override
    protected boolean answersAbsoluteForm() {
        return false;
    }

    @Override
    protected boolean refusesBytesAfterJson() {
        return false;
    }

    @Override
    protected OptionalInt longestTarget() {
        return OptionalInt.of(4095);
    }
}
