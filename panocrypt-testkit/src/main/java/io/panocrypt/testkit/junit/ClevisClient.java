package io.panocrypt.testkit.junit;

import io.panocrypt.crypto.clevis.InvalidJweException;
import io.panocrypt.crypto.clevis.TangPin;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * Encrypts and decrypts as {@code clevis encrypt tang} and {@code clevis decrypt} do, and with the same JWE: each reads what
 * the other has written.
 *
 * <p>For tests. It keeps no secret, follows no redirects, uses no proxy, and waits for five minutes at most. Thread-safe.
 */
public final class ClevisClient {
    private final SecureRandom random = new SecureRandom();
    private final McCallumRelyea exchange = new McCallumRelyea(new StandardEngine(random));
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(TestTimeout.MAX)
            .build();

    /** An answer that is not 200. */
    private static final class StatusException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        StatusException(int status) {
            super("the server answered " + status);
            this.status = status;
        }
    }

    /** A client of any server that speaks Tang's protocol. */
    public ClevisClient() {}

    /**
     * Encrypts a secret to a server, and trusts the advertisement that it gets, like {@code clevis encrypt tang -y}.
     *
     * @param url the server's, such as {@code panocrypt.devices().unlockUrl(device)}; stored in the JWE verbatim
     * @param plaintext of any length; the caller wipes it
     * @return the compact JWE, without a line feed
     * @throws IOException if the server does not answer with 200
     * @throws GeneralSecurityException if its answer is not a signed advertisement with an exchange key
     */
    public String encrypt(String url, byte[] plaintext) throws IOException, GeneralSecurityException {
        return TangPin.encrypt(plaintext, advertisement(url, ""), url, exchange, random);
    }

    /**
     * Encrypts a secret to a server that is known by one of its signing keys, like {@code "thp"} in Clevis' configuration.
     *
     * @param url the server's; stored in the JWE verbatim
     * @param thumbprint of a signing key, such as {@code panocrypt.devices().thumbprint(device)}
     * @param plaintext of any length; the caller wipes it
     * @return the compact JWE, without a line feed
     * @throws IOException if the server does not answer with 200
     * @throws GeneralSecurityException if its answer is not an advertisement that this key has signed
     */
    public String encrypt(String url, String thumbprint, byte[] plaintext)
            throws IOException, GeneralSecurityException {
        Advertisement advertisement = advertisement(url, thumbprint);
        if (!advertisement.isSignedBy(thumbprint)) {
            throw new GeneralSecurityException("the advertisement is not signed by " + thumbprint);
        }
        return TangPin.encrypt(plaintext, advertisement, url, exchange, random);
    }

    private Advertisement advertisement(String url, String thumbprint) throws IOException, GeneralSecurityException {
        return Advertisement.parse(send(HttpRequest.newBuilder(URI.create(url + "/adv/" + thumbprint))));
    }

    /**
     * Decrypts a secret, with one request to the server that the JWE names.
     *
     * @param jwe the compact form; white space around it is ignored
     * @return the secret, or why there is none
     * @throws IOException if there is no answer
     * @throws InvalidJweException if it is not a JWE of the tang pin
     * @throws GeneralSecurityException if the answer is no point, or a wrong one, or the JWE was altered
     */
    public ClevisResult decrypt(String jwe) throws IOException, GeneralSecurityException {
        TangPin pin = TangPin.parse(jwe);
        try {
            return new ClevisResult.Decrypted(pin.decrypt(body -> recover(pin, body), exchange));
        } catch (StatusException e) {
            if (e.status == 423) {
                return new ClevisResult.Pending(e.status);
            }
            return e.status == 429 || e.status >= 500
                    ? new ClevisResult.Unavailable(e.status)
                    : new ClevisResult.Refused(e.status);
        }
    }

    private byte[] recover(TangPin pin, byte[] body) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(pin.url() + "/rec/" + pin.kid()))
                .header("Content-Type", "application/jwk+json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private byte[] send(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.timeout(TestTimeout.MAX).build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new StatusException(response.statusCode());
            }
            return response.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the server");
        }
    }
}
