package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.file.Path;

/** Runs {@code ./panocrypt history verify} against a running server. */
public final class Verification {
    private Verification() {}

    /**
     * Returns the number of journal entries if all are intact.
     *
     * @throws IOException if an entry is not intact, or the check fails
     */
    public static long rows(Path launcher, StartedServer server, Path data) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        launcher.toString(),
                        "history",
                        "verify",
                        "--json",
                        "--url",
                        server.url(),
                        "--token-file",
                        data.resolve("admin-token").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] said = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("history verify exits with " + process.exitValue());
        }
        return Operator.JSON.readTree(said).path("rows").asLong();
    }
}
