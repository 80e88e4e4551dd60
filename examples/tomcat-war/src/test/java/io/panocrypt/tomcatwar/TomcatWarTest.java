package io.panocrypt.tomcatwar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.wire.PanocryptWireContract;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire table, stock clevis and a second deployment in each Tomcat. */
@Tag("long")
class TomcatWarTest {
    private abstract static class In extends PanocryptWireContract {
        private static final HttpClient CLIENT = HttpClient.newHttpClient();

        private static UnpackedTomcat tomcat;
        private static Target target;

        static void start(String zip, Path folder) throws Exception {
            tomcat = new UnpackedTomcat(zip, folder);
            JsonNode device = call("POST", "/devices", "{\"name\":\"web-1\",\"sources\":[\"127.0.0.1\"]}");
            String token = device.get("unlockUrl").asText().replaceFirst(".*/u/", "");
            target = new Target(token, device.get("thumbprint").asText());
            String id = device.get("id").asText();
            call("POST", "/devices/" + id + "/rotate-keys", "");
            for (int i = 0; i < 20; i++) {
                call("POST", "/devices/" + id + "/allowances", "{\"uses\":32}");
            }
        }

        static void stop() {
            tomcat.close();
        }

        private static JsonNode call(String method, String path, String body) throws Exception {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(tomcat.api(path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + tomcat.adminToken())
                            .header("Content-Type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(2, answer.statusCode() / 100, answer.body());
            return new JsonMapper().readTree(answer.body());
        }

        @Override
        protected Target target() {
            return target;
        }

        @Override
        protected URI base(String token) {
            return tomcat.base(token);
        }

        private static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            }
            byte[] output = process.getInputStream().readAllBytes();
            assertEquals(0, process.waitFor(), String.join(" ", command));
            return output;
        }

        /** Those that read come and go; of those the container itself would say that they are left. */
        private List<String> lasting() throws Exception {
            return tomcat.threads("panocrypt").stream()
                    .filter(name -> !name.startsWith("panocrypt-jdbc-") && !name.equals("panocrypt-body-deadlines"))
                    .toList();
        }

        @Test
        @RequiresTools({"clevis", "jose", "curl"})
        void stockClevisDecryptsAlsoAfterASecondDeployment() throws Exception {
            byte[] secret = "a passphrase".getBytes(StandardCharsets.US_ASCII);
            byte[] encrypted = run(secret, "clevis", "encrypt", "tang", "{\"url\":\"" + baseUrl() + "/\"}", "-y");
            assertArrayEquals(secret, run(encrypted, "clevis", "decrypt"));
            List<String> threads = lasting();
            assertFalse(threads.isEmpty());

            tomcat.redeploy();

            assertArrayEquals(secret, run(encrypted, "clevis", "decrypt"));
            assertEquals(threads, lasting());
            List<String> leaks = tomcat.logged("catalina")
                    .filter(line -> line.contains("WebappClassLoaderBase") && line.contains("WARNING"))
                    .toList();
            assertEquals(List.of(), leaks);
        }

        @Test
        void theAccessLogHasNoToken() throws Exception {
            call("GET", "/devices", "");
            List<String> lines = tomcat.logged("localhost_access").toList();
            assertTrue(lines.stream().anyMatch(line -> line.contains("/unlock/api/v1/devices")));
            assertTrue(lines.stream().noneMatch(line -> line.contains(target.token())));
        }
    }

    @Nested
    class Tomcat101 extends In {
        @BeforeAll
        static void start(@TempDir Path folder) throws Exception {
            start("tomcat-10.1.zip", folder);
        }

        @AfterAll
        static void end() {
            stop();
        }
    }

    @Nested
    class Tomcat11 extends In {
        @BeforeAll
        static void start(@TempDir Path folder) throws Exception {
            start("tomcat-11.zip", folder);
        }

        @AfterAll
        static void end() {
            stop();
        }
    }
}
