package io.panocrypt.testkit.internal.custody;

import io.panocrypt.crypto.custody.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Master keys that are in memory only. */
public final class TemporaryMasterKey {
    private TemporaryMasterKey() {}

    /** A new key, whose file is removed before this returns; the caller closes it. */
    public static MasterKey create(SecureRandom random) throws IOException {
        Path folder = Files.createTempDirectory("panocrypt");
        Path file = folder.resolve("master-key");
        MasterKey key = MasterKey.create(file, random);
        Files.delete(file);
        Files.delete(folder);
        return key;
    }
}
