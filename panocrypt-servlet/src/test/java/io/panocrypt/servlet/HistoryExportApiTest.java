package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.HistoryExport;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryExportApiTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder = Path.of("");

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(folder);
        String device = server.device("web-1", ",\"notes\":\"\u0131n rack 4\"")
                .path("id")
                .asText();
        server.unlock(device, "192.0.2.1");
        server.checkpoint();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private HttpRequest request(String token) {
        return HttpRequest.newBuilder(server.uri("/api/v1/history/export"))
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private HttpResponse<byte[]> export(String token) throws Exception {
        return http.send(request(token), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void isWhatTheOfflineCheckReads() throws Exception {
        String viewer = server.member("vera", Role.VIEWER).token();
        HttpResponse<byte[]> answer = export(viewer);
        assertEquals(200, answer.statusCode());
        assertEquals(List.of("application/x-ndjson"), answer.headers().allValues("Content-Type"));
        assertEquals(List.of("no-store"), answer.headers().allValues("Cache-Control"));
        Path file = Files.write(folder.resolve("export"), answer.body());
        try (HistoryExport export = HistoryExport.open(file)) {
            assertTrue(export.verify(Stream.of()).intact());
            assertEquals(
                    server.post("/history/verify", "")
                            .json()
                            .path("checkpointKey")
                            .asText(),
                    export.checkpointKey().kid());
        }
    }

    @Test
    void needsAMembersToken() throws Exception {
        assertEquals(401, export("nobody").statusCode());
    }

    @Test
    void knowsNoParameter() throws Exception {
        assertEquals(400, server.get("/history/export?since=yesterday").status());
    }

    @Test
    void holdsNoTokenAndNoKey() throws Exception {
        String text = new String(export(server.adminToken()).body(), StandardCharsets.US_ASCII);
        String unlockUrl = server.get("/devices?q=web-1")
                .json()
                .path("items")
                .path(0)
                .path("unlockUrl")
                .asText();
        String token = unlockUrl.substring(unlockUrl.lastIndexOf('/') + 1);
        assertEquals(26, token.length());
        assertTrue(!text.contains(token) && !text.contains("sealed") && !text.contains(server.adminToken()));
    }

    @Test
    void isRefusedAsAWholeWhereTheStoreFailsAtFirst() throws Exception {
        server.breakFromCall(2, new StoreException("out of order, says the test"));
        HttpResponse<byte[]> answer = export(server.adminToken());
        assertEquals(503, answer.statusCode());
        assertEquals(List.of("application/problem+json"), answer.headers().allValues("Content-Type"));
    }

    @Test
    void isRefusedAsAWholeWhereTheStoreFailsBeforeAnythingHasLeft() throws Exception {
        server.breakFromCall(4, new StoreException("out of order, says the test"));
        HttpResponse<byte[]> answer = export(server.adminToken());
        assertEquals(503, answer.statusCode());
        assertTrue(new String(answer.body(), StandardCharsets.UTF_8).startsWith("{\"type\":\"about:blank\""));
    }

    /** A part must not pass for the whole. */
    @Test
    void breaksTheConnectionWhereTheStoreFailsUnderWay() throws Exception {
        for (int i = 0; i < 2_500; i++) {
            server.append("row-" + i);
        }
        server.breakFromCall(6, new StoreException("out of order, says the test"));
        HttpResponse<InputStream> answer =
                http.send(request(server.adminToken()), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        try (InputStream body = answer.body()) {
            assertThrows(IOException.class, body::readAllBytes);
        }
    }

    /** Each occupies a thread until its reader has finished. */
    @Test
    void isRefusedWhileFourAreBeingRead() throws Exception {
        CountDownLatch begun = new CountDownLatch(4);
        CountDownLatch mayEnd = new CountDownLatch(1);
        server.beforeStore("chain", () -> {
            begun.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        List<CompletableFuture<HttpResponse<byte[]>>> exports = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            exports.add(http.sendAsync(request(server.adminToken()), HttpResponse.BodyHandlers.ofByteArray()));
        }
        begun.await();

        HttpResponse<byte[]> refused = export(server.adminToken());
        assertEquals(503, refused.statusCode());
        assertEquals(List.of("5"), refused.headers().allValues("Retry-After"));
        assertEquals(200, server.get("/devices").status());

        mayEnd.countDown();
        for (CompletableFuture<HttpResponse<byte[]>> export : exports) {
            assertEquals(200, export.get().statusCode());
        }
        assertEquals(200, export(server.adminToken()).statusCode());
    }
}
