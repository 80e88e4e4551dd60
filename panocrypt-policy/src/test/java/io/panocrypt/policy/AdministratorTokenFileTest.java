package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At any moment of a first start the administrator's token is in a file, or the next start makes another. */
class AdministratorTokenFileTest {
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyz";

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final MemoryStore memory = new MemoryStore(clock, "node-1");
    private final MasterKey master = TestService.newMasterKey();
    private final List<Panocrypt> opened = new ArrayList<>();

    private Path path;
    private Path kept;
    private AdministratorTokenFile file;
    private Members members;

    @BeforeEach
    void open() {
        path = directory.resolve("token");
        kept = directory.resolve(".token-first");
        file = new AdministratorTokenFile(path);
        members = open(memory, TestTimeout.MAX);
    }

    @AfterEach
    void close() {
        opened.forEach(Panocrypt::close);
        master.close();
    }

    private Members open(Store store, Duration timeout) {
        Panocrypt service = Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, TestService.ENGINE, TestService.RANDOM))
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .startTimeout(timeout)
                .build();
        opened.add(service);
        return service.members();
    }

    /** Loses its process at the edit that creates the administrator. */
    private final class CrashingStore extends ActStore {
        private final boolean applies;

        CrashingStore(boolean applies) {
            super(memory);
            this.applies = applies;
        }

        @Override
        protected WriteResult edit(StoreWrite edit) {
            assertTrue(Files.exists(kept), "the token is on disk before the store has it");
            if (applies) {
                super.edit(edit);
                throw new StoreException("no outcome");
            }
            throw new StoreRejectedException("not begun");
        }
    }

    private void crashAt(boolean applies) {
        Members crashing = open(new CrashingStore(applies), Duration.ZERO);
        assertThrows(StoreException.class, () -> file.createFirstAdministrator(crashing));
    }

    private String token() throws IOException {
        return Files.readString(path).strip();
    }

    private void assertOnlyTheAdministratorsTokenIsThere() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertEquals(Role.ADMIN, members.authenticate(token()).orElseThrow().role());
        assertEquals(Set.of("token"), names());
    }

    private Set<String> names() throws IOException {
        try (var found = Files.list(directory)) {
            return Set.copyOf(found.map(name -> name.getFileName().toString()).toList());
        }
    }

    @Test
    void createsOneAdministratorOnce() throws IOException {
        assertTrue(file.createFirstAdministrator(members));
        assertOnlyTheAdministratorsTokenIsThere();
        String first = token();
        assertFalse(file.createFirstAdministrator(members));
        assertEquals(first, token());
        assertTrue(file.isKnownTo(members));
    }

    @Test
    void takesNoTokenOfACrashBeforeItWasWhole() throws IOException {
        Path part = Files.writeString(directory.resolve(".admin-token123"), TOKEN.substring(9));
        assertTrue(file.createFirstAdministrator(members));
        Files.delete(part);
        assertOnlyTheAdministratorsTokenIsThere();
    }

    @Test
    void usesTheTokenOfACrashBeforeTheStore() throws IOException {
        crashAt(false);
        String first = Files.readString(kept).strip();
        assertFalse(members.authenticate(first).isPresent());
        assertTrue(file.createFirstAdministrator(members));
        assertEquals(first, token());
        assertOnlyTheAdministratorsTokenIsThere();
    }

    @Test
    void findsTheTokenOfACrashAfterTheStore() throws IOException {
        crashAt(true);
        String first = Files.readString(kept).strip();
        assertTrue(members.authenticate(first).isPresent());
        assertFalse(Files.exists(path));
        assertTrue(file.createFirstAdministrator(members));
        assertEquals(first, token());
        assertOnlyTheAdministratorsTokenIsThere();
    }

    @Test
    void forgetsATokenThatWasReplacedAfterACrash() throws IOException {
        crashAt(true);
        file.write(members.replaceAdministratorToken());
        assertFalse(file.createFirstAdministrator(members));
        assertOnlyTheAdministratorsTokenIsThere();
    }

    @Test
    void forgetsATokenThatIsNobodys() throws IOException {
        crashAt(false);
        members.createFirstAdministrator().orElseThrow();
        assertFalse(file.createFirstAdministrator(members));
        assertEquals(Set.of(), names(), "another node was faster");
    }

    @Test
    void replacesTheTokenOfAnotherSite() throws IOException {
        file.write(TOKEN);
        assertFalse(file.isKnownTo(members));
        assertTrue(file.createFirstAdministrator(members));
        assertNotEquals(TOKEN, token());
        assertOnlyTheAdministratorsTokenIsThere();
    }

    @Test
    void neitherTakesNorReplacesWhatIsNoToken() throws IOException {
        for (Path taken : List.of(path, kept)) {
            Files.writeString(taken, "secret\n");
            IOException refused = assertThrows(IOException.class, () -> file.createFirstAdministrator(members));
            assertEquals(taken + " is there and holds no token", refused.getMessage());
            assertEquals("secret\n", Files.readString(taken));
            assertEquals(List.of(), members.list(null, 1).items());
            Files.delete(taken);
        }
    }

    @Test
    void leavesTheFileOfASiteThatIsNotNew() throws IOException {
        members.createFirstAdministrator().orElseThrow();
        Files.writeString(path, "secret\n");
        assertFalse(file.createFirstAdministrator(members));
        assertFalse(file.isKnownTo(members));
        assertEquals("secret\n", Files.readString(path));
        file.write(members.replaceAdministratorToken());
        assertTrue(file.isKnownTo(members));
    }

    @Test
    void createsNobodyWithoutAPlaceForTheToken() {
        AdministratorTokenFile nowhere = new AdministratorTokenFile(directory.resolve("absent/token"));
        assertThrows(NoSuchFileException.class, () -> nowhere.createFirstAdministrator(members));
        assertEquals(List.of(), members.list(null, 1).items());
    }

    @Test
    void leavesNoTokenWhereItCannotWrite() throws IOException {
        Files.createDirectory(path);
        Files.createFile(path.resolve("full"));
        IOException refused = assertThrows(IOException.class, () -> file.write(TOKEN));
        assertFalse(refused.toString().contains(TOKEN));
        assertEquals(Set.of("token"), names());
    }

    /** Like root running admin-token in the data directory of a server with its own user. */
    @Test
    void leavesTheTokenToTheOwnerOfItsDirectory() throws IOException {
        UserPrincipal nobody =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        boolean canGiveAway = true;
        try {
            Files.setOwner(directory, nobody);
        } catch (FileSystemException e) {
            canGiveAway = false;
        }
        assumeTrue(canGiveAway, "only root can give a directory away");
        file.createFirstAdministrator(members);
        assertEquals(nobody, Files.getOwner(path));
    }
}
