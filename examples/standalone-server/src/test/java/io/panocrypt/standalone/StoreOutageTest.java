package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server while its database accepts no writes: it answers only 503, spends nothing, and recovers without a restart. */
class StoreOutageTest {
    private static final int CROWD = 200;
    private static final int USES = 32;
    private static final int FILLER = 64 * 1024;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Client client = new Client(Curve.P_256);

    private RunningService serve(Path data) {
        RunningService service = RunningService.impatient(
                data,
                SourceAddress.ofPeer(),
                DeviceChange.none().withSources("192.0.2.1").withCurve(Curve.P_256));
        service.allow(AllowanceRequest.defaults().withUses(USES).withAnySource().withSkips(AllowanceSkip.SOURCE));
        return service;
    }

    private HttpResponse<String> get(RunningService service, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(service.url() + path))
                        .timeout(TestTimeout.MAX)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest unlock(RunningService service) {
        return client.request(
                service.base(), service.device().advertised().get(0).exchange().kid());
    }

    private static int usesLeft(RunningService service) {
        return service.panocrypt().allowances().open(service.device().id()).stream()
                .mapToInt(Allowance::usesLeft)
                .sum();
    }

    private static long allowed(RunningService service) {
        return service.panocrypt().history().unlocks(service.device().id(), null, 1000).items().stream()
                .filter(row -> row.outcome() == Outcome.ALLOWED)
                .count();
    }

    private void assertRefusesACrowd(RunningService service) throws Exception {
        HttpRequest request = unlock(service);
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            asked.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        assertEquals(200, get(service, "/healthz").statusCode());
        for (CompletableFuture<HttpResponse<String>> one : asked) {
            HttpResponse<String> answer = one.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
            assertEquals(503, answer.statusCode());
            assertEquals("5", answer.headers().firstValue("Retry-After").orElse(""));
        }
        assertEquals(200, get(service, "/healthz").statusCode());
        HttpResponse<String> ready = get(service, "/readyz");
        assertEquals(503, ready.statusCode());
        // Strangers can call this too: the reason is only for operators.
        assertFalse(new ObjectMapper().readTree(ready.body()).has("detail"));
        assertEquals(
                Optional.of("the store takes no writes"), service.panocrypt().unreadyReason());
    }

    private void assertRecovers(RunningService service) throws Exception {
        long end = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (get(service, "/readyz").statusCode() != 200) {
            assertTrue(System.nanoTime() < end, "never ready again");
        }
        for (int i = 1; i <= 3; i++) {
            assertEquals(200, client.send(unlock(service)));
            assertEquals(USES - i, usesLeft(service), "nothing was spent meanwhile, and nothing is afterwards");
            assertEquals(i, allowed(service));
        }
    }

    @Test
    void refusesWhileAnotherProcessHoldsTheWriteLock() throws Exception {
        try (RunningService service = serve(directory)) {
            try (Connection other =
                            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("data/panocrypt.db"));
                    Statement lock = other.createStatement()) {
                lock.execute("BEGIN IMMEDIATE");
                assertRefusesACrowd(service);
                lock.execute("ROLLBACK");
            }
            assertRecovers(service);
        }
    }

    @Test
    void refusesWhileTheDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()) == 0, "may not mount");
        try {
            try (RunningService service = serve(disk)) {
                Path filler = disk.resolve("filler");
                fill(filler);
                assertRefusesACrowd(service);
                Files.delete(filler);
                assertRecovers(service);
            }
        } finally {
            assertEquals(0, run("umount", disk.toString()));
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Writes until the file system is full. */
    private static void fill(Path file) throws IOException {
        for (int size = FILLER; size > 0; size /= 2) {
            try (OutputStream out = Files.newOutputStream(
                    file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(new byte[size]);
                }
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("No space"), e.getMessage());
            }
        }
    }
}
