package io.panocrypt.benchmarks.load.server;

import java.io.IOException;
import java.nio.file.Path;

/** Has {@code ./panocrypt history verify} look at the history of a server that runs. */
public final class Verification {
    private Verification() {}

    /**
     * How many rows it has, all of them intact.
     *
     * @throws IOException if they are not, or it cannot be told
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
