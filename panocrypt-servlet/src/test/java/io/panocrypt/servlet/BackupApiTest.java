package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.BackupFile;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.backup.InvalidBackupException;
import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupApiTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder = Path.of("");

    private MasterKey key;
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        key = MasterKey.create(folder.resolve("backup-key"), new SecureRandom());
        server = new ApiServer(folder, InstantSource.system(), settings -> settings.backupKey(key));
        server.device("web-1", "");
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        key.close();
    }

    private HttpResponse<byte[]> backup(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/api/v1/backup"))
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void isAFileThatOnlyTheKeyOpens() throws Exception {
        HttpResponse<byte[]> answer = backup(server.adminToken());
        assertEquals(200, answer.statusCode());
        assertEquals(List.of("application/octet-stream"), answer.headers().allValues("Content-Type"));
        assertEquals(List.of("no-store"), answer.headers().allValues("Cache-Control"));
        Path file = Files.write(folder.resolve("backup"), answer.body());
        try (BackupFile backup = BackupFile.open(file, key)) {
            assertTrue(backup.history().intact());
        }
        try (MasterKey site = MasterKey.load(folder.resolve("master-key"))) {
            assertThrows(InvalidBackupException.class, () -> BackupFile.open(file, site));
        }
        assertEquals(
                "site.backup",
                server.get("/audit").json().path("items").path(0).path("action").asText());
    }

    @Test
    void isForAdministratorsOnly() throws Exception {
        for (Role role : List.of(Role.VIEWER, Role.APPROVER)) {
            String token = server.member(role.wireName(), role).token();
            assertEquals(403, backup(token).statusCode());
            assertEquals(
                    403,
                    server.callAs(token, "DELETE", "/fence", "{\"confirm\":\"x\"}")
                            .status());
            assertEquals(404, server.callAs(token, "GET", "/fence", "").status());
        }
        assertEquals(401, backup("nobody").statusCode());
    }

    @Test
    void isRefusedAsAWholeWhereTheStoreFailsBeforeAnythingHasLeft() throws Exception {
        server.breakFromCall(5, new StoreException("out of order, says the test"));
        assertEquals(503, backup(server.adminToken()).statusCode());
    }

    @Test
    void breaksTheConnectionWhereTheStoreFailsUnderWay() {
        for (int i = 0; i < 2_500; i++) {
            server.append("row-" + i);
        }
        server.beforeStore("chain", () -> server.breakStore(new StoreException("out of order, says the test")));
        assertThrows(IOException.class, () -> backup(server.adminToken()));
    }

    @Test
    void needsAKey() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        ApiServer keyless = new ApiServer(other);
        try {
            assertEquals(409, keyless.post("/backup", "").status());
        } finally {
            keyless.stop();
        }
    }

    @Test
    void knowsNoFenceOfAStoreThatWasNotRestored() throws Exception {
        assertEquals(404, server.get("/fence").status());
        assertEquals(404, server.call("DELETE", "/fence", "{\"confirm\":\"x\"}").status());
        assertEquals(400, server.call("DELETE", "/fence", "{}").status());
        assertEquals(400, server.post("/backup", "{\"all\":true}").status());
    }
}
