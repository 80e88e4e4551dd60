package io.panocrypt.etcdstore;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends requests to etcd, each with a deadline, and makes each fault a {@link StoreException}. Thread-safe. */
final class EtcdCalls implements AutoCloseable {
    /** What etcd says of a request that is larger than its settings allow. It says so before it does anything. */
    private static final List<String> TOO_LARGE =
            List.of("request is too large", "received message larger than max", "too many operations in txn request");

    /** With these codes and this prefix, etcd says that it has refused a request before it did anything. */
    private static final Set<Status.Code> REFUSALS = Set.of(
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.PERMISSION_DENIED,
            Status.Code.UNAUTHENTICATED);

    private static final String SAID_BY_ETCD = "etcdserver: ";

    private final ClientBuilder builder;
    private final Duration limit;
    private volatile Client client;

    EtcdCalls(ClientBuilder etcd, Duration timeout) {
        List<ClientInterceptor> interceptors = new ArrayList<>();
        if (etcd.interceptors() != null) {
            interceptors.addAll(etcd.interceptors());
        }
        interceptors.add(new Deadline(timeout));
        // By default a request waits until etcd is back. A write must not arrive long after its caller has given up.
        this.builder = etcd.copy()
                .waitForReady(false)
                .retryMaxAttempts(1)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .interceptors(interceptors);
        this.limit = timeout.multipliedBy(3);
        this.client = builder.build();
    }

    /** Waits for the answer to a request; {@code what} is a word for messages. */
    <T> T call(String what, Function<KV, CompletableFuture<T>> request) {
        Client used = client;
        try {
            return request.apply(used.getKVClient()).get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted during a " + what, e);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            if (neverConnected(e)) {
                renew(used);
            }
            throw fault(what, e);
        }
    }

    /** gRPC waits up to two minutes before it connects again to what was away; a new client connects at once. */
    private synchronized void renew(Client broken) {
        if (client == broken) {
            client = builder.build();
            broken.close();
        }
    }

    private static StoreException fault(String what, Exception thrown) {
        Status status = Status.fromThrowable(thrown);
        String reason = String.valueOf(status.getDescription());
        String message = "a " + what + " failed in etcd: " + status.getCode() + ", " + reason;
        if (TOO_LARGE.stream().anyMatch(reason::contains)) {
            return new StoreInputException(message, thrown);
        }
        boolean refused = reason.startsWith(SAID_BY_ETCD) && REFUSALS.contains(status.getCode());
        return refused || neverConnected(thrown)
                ? new StoreRejectedException(message, thrown)
                : new StoreException(message, thrown);
    }

    /** Whether there was no connection over which a request could have left. */
    private static boolean neverConnected(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized void close() {
        client.close();
    }

    /** Gives each request a deadline, after which gRPC withdraws it. */
    private record Deadline(Duration timeout) implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        }
    }
}
