package io.panocrypt.standalone;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;

/** Sends well-formed recovery requests, each with a new point, and returns the status. */
final class Client {
    private final HttpClient http = HttpClient.newHttpClient();
    private final StandardEngine engine = new StandardEngine(new SecureRandom());
    private final Curve curve;

    Client(Curve curve) {
        this.curve = curve;
    }

    /** Uses a connection that ends with the answer: a stopping server would wait for an idle one. */
    int recover(URI base, String kid, String... headers) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(request(base, kid, headers), (name, value) -> true)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Connection", "close")
                .build();
        return send(request);
    }

    HttpRequest request(URI base, String kid, String... headers) {
        try (EcKeyPair ephemeral = engine.generate(curve)) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/rec/" + kid))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(RecoveryRequest.encode(ephemeral.publicKey())));
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            return request.build();
        }
    }

    int send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
