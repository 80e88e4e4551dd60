package io.panocrypt.standalone.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A LUKS2 volume in a plain file, handled by the stock clevis and cryptsetup of this machine. */
final class ClevisDisk implements DemoDisk {
    private static final List<String> PROGRAMS = List.of("clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl");
    private static final long VOLUME_BYTES = 32L << 20;
    private static final long TIMEOUT_SECONDS = 60;
    private static final byte[] PASSPHRASE = "demo passphrase".getBytes(StandardCharsets.US_ASCII);

    private final Path file;

    ClevisDisk(Path directory) {
        this.file = directory.resolve("disk.img");
    }

    static boolean isPossible() {
        List<Path> path = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(Path::of)
                .toList();
        return PROGRAMS.stream()
                .allMatch(program -> path.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program))));
    }

    @Override
    public String description() {
        return "stock clevis and cryptsetup, with LUKS2 in the file" + System.lineSeparator() + "    " + file;
    }

    @Override
    public void bind(String url, String thumbprint) throws IOException, InterruptedException {
        try (RandomAccessFile volume = new RandomAccessFile(file.toFile(), "rw")) {
            volume.setLength(VOLUME_BYTES);
        }
        String image = file.toString();
        must(run(
                PASSPHRASE,
                "cryptsetup",
                "luksFormat",
                "--type",
                "luks2",
                "--batch-mode",
                "--pbkdf",
                "pbkdf2",
                "--pbkdf-force-iterations",
                "1000",
                image,
                "-"));
        String config = "{\"url\":\"" + url + "\",\"thp\":\"" + thumbprint + "\"}";
        must(run(PASSPHRASE, "clevis", "luks", "bind", "-f", "-k", "-", "-d", image, "tang", config));
    }

    @Override
    public boolean opens() throws IOException, InterruptedException {
        Result pass = run(new byte[0], "clevis", "luks", "pass", "-d", file.toString(), "-s", "1");
        return pass.exit() == 0
                && run(
                                        pass.output(),
                                        "cryptsetup",
                                        "open",
                                        "--test-passphrase",
                                        file.toString(),
                                        "--key-slot",
                                        "1",
                                        "-d",
                                        "-")
                                .exit()
                        == 0;
    }

    private record Result(int exit, byte[] output) {}

    private static void must(Result result) throws IOException {
        if (result.exit() != 0) {
            throw new IOException("a tool failed with exit code " + result.exit());
        }
    }

    private static Result run(byte[] input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = process.getOutputStream()) {
            in.write(input);
        }
        byte[] output = process.getInputStream().readAllBytes();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " did not end");
        }
        return new Result(process.exitValue(), output);
    }
}
