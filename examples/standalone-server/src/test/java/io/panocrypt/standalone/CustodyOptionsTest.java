package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CustodyOptionsTest {
    @TempDir
    private Path folder;

    private static String refusal(String... args) {
        CustodyOptions options = CommandLine.populateCommand(new CustodyOptions(), args);
        return String.valueOf(
                assertThrows(StartupException.class, options::settings).getMessage());
    }

    private Path file(String name, String rights) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "1234\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        return file;
    }

    @Test
    void refuseAPinOnTheCommandLineAndDoNotRepeatIt() {
        String refusal = refusal("--pkcs11", "pkcs11:token=a?module-path=/m.so&pin-value=31337");
        assertTrue(refusal.contains("--pkcs11: pin-value is refused"), refusal);
        assertFalse(refusal.contains("31337"), refusal);
    }

    @Test
    void refuseAMissingModuleAndAPinThatOthersMayRead() throws IOException {
        Path pin = file("pin", "rw-r-----");
        String uri = "pkcs11:token=a?pin-source=file:" + pin + "&module-path=" + folder.resolve("m.so");
        assertTrue(refusal("--pkcs11", uri).contains("m.so is missing"));
        file("m.so", "rw-------");
        assertTrue(refusal("--pkcs11", uri).contains("run chmod 600 on it"));
    }
}
