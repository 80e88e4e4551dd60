package io.panocrypt.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts our server by the launcher, as an administrator does, and enrols devices over REST. */
final class OwnServer {
    /** So many that none of them comes near the limit of one device and source, 100 attempts a second. */
    static final int DEVICES = 64;

    private static final String READY = "ready ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final Path launcher;
    private final Path folder;

    /**
     * How to start it.
     *
     * @param launcher the script at the root of the repository
     * @param folder for data and logs
     */
    OwnServer(HttpClient http, Path launcher, Path folder) {
        this.http = http;
        this.launcher = launcher;
        this.folder = folder;
    }

    /** With a store, and devices whose policy has a source rule of their own, a shared list, and no open gate. */
    LoadedServer withDevices() throws Exception {
        Path data = folder.resolve("data");
        Process process = start("sqlite", "--data", data.toString());
        try {
            String url = readyUrl(process);
            String token = Files.readString(data.resolve("admin-token")).strip();
            String list = post(url, token, "network-access-lists", "{\"name\":\"load\",\"cidrs\":[\"127.0.0.0/30\"]}")
                    .path("id")
                    .asText();
            Binding binding = new Binding(http);
            List<Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                String device = "{\"name\":\"load-%d\",\"tags\":[\"load\"],\"sources\":[\"192.0.2.0/24\"],"
                        + "\"networkAccessLists\":[\"%s\"]}";
                exchanges.add(binding.at(post(url, token, "devices", device.formatted(i, list))
                        .path("unlockUrl")
                        .asText()));
            }
            return new Running(process, address(url), exchanges);
        } catch (Exception e) {
            process.destroy();
            throw e;
        }
    }

    /** Over a Tang key directory, without a store. */
    LoadedServer withoutStore() throws Exception {
        Path keys = Files.createDirectories(folder.resolve("keys"));
        Process process = start("no-store", "--tang-dir", keys.toString());
        try {
            String url = readyUrl(process);
            Binding binding = new Binding(http);
            List<Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                exchanges.add(binding.at(url));
            }
            return new Running(process, address(url), exchanges);
        } catch (Exception e) {
            process.destroy();
            throw e;
        }
    }

    private Process start(String name, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "serve", "--listen", "127.0.0.1:0"));
        command.addAll(Arrays.asList(options));
        Files.createDirectories(folder);
        return new ProcessBuilder(command)
                .redirectError(folder.resolve(name + ".log").toFile())
                .start();
    }

    private static String readyUrl(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return line.substring(READY.length()).strip();
            }
        }
        throw new IOException("our server did not become ready; its log says why");
    }

    private static InetSocketAddress address(String url) {
        URI uri = URI.create(url);
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    private JsonNode post(String url, String token, String collection, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v1/" + collection))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 201) {
            throw new IOException(response.statusCode() + " from POST /" + collection + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }
}
