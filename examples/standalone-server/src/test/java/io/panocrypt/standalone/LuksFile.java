package io.panocrypt.standalone;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A LUKS volume in a plain file, managed by stock clevis. */
final class LuksFile {
    private static final byte[] PASSPHRASE = "typed".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    private final String file;

    LuksFile(Path file) throws IOException {
        this(file, "luks2", PASSPHRASE);
    }

    /** @param type luks1 or luks2 */
    LuksFile(Path file, String type, byte[] passphrase) throws IOException {
        this.file = file.toString();
        try (RandomAccessFile volume = new RandomAccessFile(file.toFile(), "rw")) {
            volume.setLength(32L << 20);
        }
        List<String> command = new ArrayList<>(List.of(
                "cryptsetup", "luksFormat", "--batch-mode", "--pbkdf-force-iterations", "1000", "--type", type));
        // LUKS1 has only one key derivation function.
        if (type.equals("luks2")) {
            command.addAll(List.of("--pbkdf", "pbkdf2"));
        }
        command.addAll(List.of(this.file, "-"));
        Tool.run(passphrase, command).ok();
    }

    /** Binds with a trusted thumbprint. */
    void bind(String url, String thumbprint) {
        bind("{\"url\":\"" + url + "\",\"thp\":\"" + thumbprint + "\"}", List.of());
    }

    /** Binds with blind trust, {@code -y}. */
    void bindBlindly(String url) {
        bind("{\"url\":\"" + url + "\"}", List.of("-y"));
    }

    private void bind(String config, List<String> trust) {
        List<String> command = new ArrayList<>(List.of("clevis", "luks", "bind", "-f", "-k", "-"));
        command.addAll(trust);
        command.addAll(List.of("-d", file, "tang", config));
        Tool.run(PASSPHRASE, command).ok();
    }

    /** Whether the key slot can be opened with the server now. */
    boolean opens(int slot) {
        return opens(slot, List.of());
    }

    /** The same from another address of this machine. */
    boolean opensFrom(int slot, String address) throws IOException {
        Path folder = Files.createTempDirectory("curl");
        Path settings = Files.writeString(folder.resolve(".curlrc"), "interface = \"" + address + "\"\n");
        try {
            return opens(slot, List.of("env", "CURL_HOME=" + folder));
        } finally {
            Files.delete(settings);
            Files.delete(folder);
        }
    }

    private boolean opens(int slot, List<String> before) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("clevis", "luks", "pass", "-d", file, "-s", String.valueOf(slot)));
        Tool.Result pass = Tool.run(NOTHING, command);
        if (pass.exit() != 0) {
            return false;
        }
        Tool.run(
                        pass.output(),
                        "cryptsetup",
                        "open",
                        "--test-passphrase",
                        file,
                        "--key-slot",
                        String.valueOf(slot),
                        "-d",
                        "-")
                .ok();
        return true;
    }

    /** Whether the slot's binding uses keys that the server still advertises. */
    boolean isCurrent(int slot) {
        return Tool.run(NOTHING, "clevis", "luks", "report", "-q", "-d", file, "-s", String.valueOf(slot))
                        .exit()
                == 0;
    }

    void regenerate(int slot) {
        Tool.run(NOTHING, "clevis", "luks", "regen", "-q", "-d", file, "-s", String.valueOf(slot))
                .ok();
    }

    void unbind(int slot) {
        Tool.run(NOTHING, "clevis", "luks", "unbind", "-f", "-d", file, "-s", String.valueOf(slot))
                .ok();
    }

    String list() {
        return Tool.run(NOTHING, "clevis", "luks", "list", "-d", file).ok().text();
    }
}
