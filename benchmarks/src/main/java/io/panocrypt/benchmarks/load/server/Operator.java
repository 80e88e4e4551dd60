package io.panocrypt.benchmarks.load.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A member of a Panocrypt server who uses its REST interface. Thread-safe. */
public final class Operator {
    public static final ObjectMapper JSON = new ObjectMapper();

    private static final int CREATED = 201;
    private static final int OK = 200;

    private final HttpClient http;
    private final String url;
    private final String token;

    /** @param url the server's base URL */
    Operator(HttpClient http, String url, String token) {
        this.http = http;
        this.url = url;
        this.token = token;
    }

    /** The administrator that a server creates at its first start. */
    public static Operator administrator(HttpClient http, String url, Path data) throws IOException {
        return new Operator(
                http, url, Files.readString(data.resolve("admin-token")).strip());
    }

    /** The same server with another member's token. */
    public Operator as(String otherToken) {
        return new Operator(http, url, otherToken);
    }

    /** Creates an object in a collection and returns it. */
    public JsonNode create(String collection, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(collection, body);
        if (response.statusCode() != CREATED) {
            throw new IOException(response.statusCode() + " from POST /" + collection + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** Sends a POST; returns the answer whatever its status. */
    public HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a GET; returns the answer whatever its status. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a GET; returns the answer's lines, which the caller must close. */
    Stream<String> lines(String path) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response = http.send(request(path).build(), HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != OK) {
            throw new IOException(response.statusCode() + " from GET /" + path);
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + "/api/v1/" + path)).header("Authorization", "Bearer " + token);
    }
}
