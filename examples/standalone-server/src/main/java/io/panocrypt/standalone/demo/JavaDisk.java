package io.panocrypt.standalone.demo;

import io.panocrypt.crypto.clevis.TangPin;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.tang.Advertisement;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/** A secret in a Clevis JWE, handled by the Java client: for machines without clevis. */
final class JavaDisk implements DemoDisk {
    private static final byte[] SECRET = "the key of a keyslot".getBytes(StandardCharsets.US_ASCII);

    private final SecureRandom random = new SecureRandom();
    private final McCallumRelyea exchange = new McCallumRelyea(new StandardEngine(random));
    private final HttpClient http = HttpClient.newHttpClient();
    private String jwe = "";

    @Override
    public String description() {
        return "the Java client half (clevis and cryptsetup are not used)";
    }

    @Override
    public void bind(String url, String thumbprint) throws IOException, GeneralSecurityException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(URI.create(url + "/adv")).build(), HttpResponse.BodyHandlers.ofByteArray());
        Advertisement advertisement = Advertisement.parse(answer.body());
        if (!advertisement.isSignedBy(thumbprint)) {
            throw new GeneralSecurityException("the advertisement is not signed by " + thumbprint);
        }
        jwe = TangPin.encrypt(SECRET, advertisement, url, exchange, random);
    }

    @Override
    public boolean opens() throws GeneralSecurityException {
        TangPin pin = TangPin.parse(jwe);
        try {
            return Arrays.equals(SECRET, pin.decrypt(body -> recover(pin, body), exchange));
        } catch (IOException e) {
            // Like clevis: any error of the server leaves the disk locked.
            return false;
        }
    }

    private byte[] recover(TangPin pin, byte[] body) throws IOException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(pin.url() + "/rec/" + pin.kid()))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException("the server answered " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
