package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unusual request targets, and which of them the server serves. */
class PathsTest {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final List<String> PATHS =
            List.of("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/devices");

    @TempDir
    private Path directory = Path.of("");

    private static List<String> otherSpellings(String path) {
        List<String> spellings = new ArrayList<>();
        for (String before : List.of(
                "/u/..",
                "/u/..;",
                "/u/..;x=y",
                "/u/%2e%2e",
                "/u/%2E.",
                "/u%2f..",
                "/.",
                "/%2e",
                "/.;x",
                "/;x",
                "/",
                "//",
                "/\\",
                "/u/x/adv/../../..",
                "/healthz/..",
                "/api/v1/..;/..",
                "/enroll/..;",
                "/..",
                "/u/..%00")) {
            spellings.add(before + path);
        }
        for (String after :
                List.of(";", ";x", "/", "/.", "/..;" + path, "//", "%20", "%00", "%3f", "%3Bx", "%2f", "%23", "#x")) {
            spellings.add(path + after);
        }
        spellings.add("/%" + Integer.toHexString(path.charAt(1)) + path.substring(2));
        spellings.add("http://host.example/u/..;" + path);
        return spellings;
    }

    private static int ask(String url, String target, String token) throws IOException {
        return ask(url, "GET", target, token, "");
    }

    private static int ask(String url, String method, String target, String token, String body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String host = target.startsWith("http:") ? "host.example" : "x";
            socket.getOutputStream()
                    .write((method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                                    + "Authorization: Bearer " + token + "\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    private void assertServesOnlyTheExactSpelling(String url, String token) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String path : PATHS) {
            assertEquals(200, ask(url, path, token), path);
            assertEquals(200, ask(url, "http://host.example" + path, token), path);
            assertEveryOtherIsRefused(url, "GET", path, token, wrong);
        }
        assertEquals(List.of(), wrong);
    }

    /** The container itself answers 400 to unreadable targets. */
    private static void assertEveryOtherIsRefused(
            String url, String method, String path, String token, List<String> wrong) throws IOException {
        for (String target : otherSpellings(path)) {
            int status = ask(url, method, target, token, method.equals("POST") ? "{\"name\":\"other\"}" : "");
            if (status != 404 && status != 400) {
                wrong.add(target + " " + status);
            }
        }
    }

    private String token() throws IOException {
        return Files.readString(directory.resolve("admin-token")).strip();
    }

    private static void assertEnrolsByTheExactSpellingOnly(ServerProcess server) throws IOException {
        String key = server.call("POST", "/enrollment-keys", "{\"name\":\"rack\",\"uses\":100,\"curve\":\"P-256\"}")
                .ok()
                .path("secret")
                .asText();
        List<String> wrong = new ArrayList<>();
        assertEveryOtherIsRefused(server.url(), "POST", "/enroll", key, wrong);
        assertEquals(List.of(), wrong);
        assertEquals(201, ask(server.url(), "POST", "/enroll", key, "{\"name\":\"exact\"}"));
    }

    @Test
    void servesOneSpellingOnASharedAddress() throws Exception {
        try (ServerProcess server = ServerProcess.serve(directory, 0)) {
            assertServesOnlyTheExactSpelling(server.url(), token());
            assertEnrolsByTheExactSpellingOnly(server);
        }
    }

    @Test
    void servesOneSpellingOnTheOperatorsAddressAndNoneOfItsPathsToDevices() throws Exception {
        try (ServerProcess server = ServerProcess.serve(directory, 0, "--admin-listen", "127.0.0.1:0")) {
            assertFalse(server.url().equals(server.adminUrl()));
            assertServesOnlyTheExactSpelling(server.adminUrl(), token());
            assertEquals(404, ask(server.adminUrl(), "POST", "/enroll", "x", "{}"));
            assertEnrolsByTheExactSpellingOnly(server);
            for (String path : List.of("/metrics", "/api/v1/openapi.json", "/api/v1/devices")) {
                List<String> wrong = new ArrayList<>();
                assertEquals(404, ask(server.url(), path, token()));
                assertEveryOtherIsRefused(server.url(), "GET", path, token(), wrong);
                assertEquals(List.of(), wrong);
            }
        }
    }
}
