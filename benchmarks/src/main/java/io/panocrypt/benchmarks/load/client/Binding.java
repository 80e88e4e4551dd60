package io.panocrypt.benchmarks.load.client;

import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.exchange.Provisioning;
import io.panocrypt.crypto.exchange.Recovery;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;

/** Binds to servers like a Clevis client, to learn the correct answer to each request. */
public final class Binding {
    private final HttpClient http;
    private final McCallumRelyea clevis = new McCallumRelyea(new StandardEngine(new SecureRandom()));

    public Binding(HttpClient http) {
        this.http = http;
    }

    /**
     * Returns a request to the base URL with its correct answer. The answer is proven by recovering the binding's key.
     *
     * @throws Exception if the server does not answer, or answers wrongly
     */
    public Exchange at(String base) throws Exception {
        PublicJwk key = Advertisement.parse(send(HttpRequest.newBuilder(URI.create(base + "/adv"))))
                .exchangeKey();
        EcPoint server = key.point();
        Provisioning bound = clevis.provision(server);
        try (Recovery recovery = clevis.blind(bound.clientPublic())) {
            byte[] body = RecoveryRequest.encode(recovery.request());
            URI uri = URI.create(base + "/rec/" + key.kid());
            byte[] answer = send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
            EcPoint recovered = recovery.recover(server, RecoveryReply.parse(answer, server.curve()));
            if (!recovered.equals(bound.sharedPoint())) {
                throw new IOException("a wrong answer from " + base);
            }
            return new Exchange(uri.getRawPath(), body, answer);
        }
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(
                    response.statusCode() + " from " + response.uri().getHost());
        }
        return response.body();
    }
}
