package io.panocrypt.standalone.cli.base;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Calls one server, with a timeout for each wait. Not thread-safe. */
public final class HttpCalls {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final String option;
    private final String address;
    private final HttpClient http;
    private final Duration timeout;

    /**
     * @param option what names the server on the command line, for messages
     * @param address the server's URL
     * @param tls the trusted certificates for an https server; empty for Java's own
     * @param timeout the limit for a whole answer, or for each part of a download
     */
    public HttpCalls(String option, String address, Optional<SSLContext> tls, Duration timeout) {
        this.option = option;
        this.address = address;
        this.timeout = timeout;
        // Redirects are not followed: a token belongs to the named server only.
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
        tls.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** Sends a request and waits for the answer, or for its head if the handler gives a stream. */
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws CommandFailure {
        try {
            return await(http.sendAsync(request, handler));
        } catch (IOException e) {
            throw ConnectionFault.of(option, address, e);
        }
    }

    /** A blocking read of some bytes. */
    @FunctionalInterface
    public interface Part {
        byte[] read() throws IOException;
    }

    /** Reads with a timeout, since a blocking read has none. */
    public byte[] read(Part part) throws IOException, CommandFailure {
        return await(CompletableFuture.supplyAsync(() -> {
            try {
                return part.read();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }));
    }

    /** Waits with a timeout: the JDK's request timeout covers only the head of the answer, not the body. */
    private <T> T await(CompletableFuture<T> coming) throws IOException, CommandFailure {
        try {
            return coming.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            coming.cancel(true);
            throw new HttpTimeoutException("no whole answer in " + timeout);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException fault ? fault : new IOException(e.getCause());
        } catch (InterruptedException e) {
            coming.cancel(true);
            Thread.currentThread().interrupt();
            throw CommandFailure.unreachable("interrupted while waiting for " + address);
        }
    }
}
