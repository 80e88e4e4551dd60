package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Converts the result of an HTTP exchange into the result of a delivery.
 *
 * <p>Causes consist of statuses and fixed words: they never contain a receiver's text or a contact's path.
 */
final class HttpDelivery {
    private final OutboundHttp http;
    private final InstantSource clock;
    private final Set<Integer> gone;

    /** @param gone the statuses that mean that the contact no longer exists */
    HttpDelivery(OutboundHttp http, InstantSource clock, Set<Integer> gone) {
        this.http = http;
        this.clock = clock;
        this.gone = Set.copyOf(gone);
    }

    /** Why nothing can ever be sent to the target; empty if something can. */
    Optional<String> problem(HttpTarget target) {
        return http.problem(target);
    }

    Delivery send(HttpPost post) {
        try {
            return result(http.post(post));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return later("interrupted while waiting for the receiver");
        } catch (TimeoutException e) {
            return later("no answer within " + http.limit());
        } catch (ExecutionException e) {
            return failed(Objects.requireNonNull(e.getCause()));
        }
    }

    private Delivery result(HttpAnswer answer) {
        int status = answer.status();
        String cause = "answered " + status;
        if (status < 300) {
            return new Delivery.Done();
        }
        if (gone.contains(status)) {
            return new Delivery.Gone(cause);
        }
        return mayPass(status)
                ? new Delivery.Later(cause, answer.retryAfter().flatMap(this::asked))
                : new Delivery.Refused(status < 400 ? cause + ", a redirect, which is not followed" : cause);
    }

    /**
     * Whether the status may be unrelated to this notice: temporary redirects, server faults, and what an operator can
     * repair there or here, such as a login, a path, or a proxy in between.
     */
    private static boolean mayPass(int status) {
        return switch (status) {
            case 302, 303, 307 -> true;
            case 400, 406, 411, 413, 414, 415, 422, 431 -> false;
            default -> status >= 400;
        };
    }

    private Optional<Duration> asked(String retryAfter) {
        return RetryAfter.parse(retryAfter, clock.instant());
    }

    private static Delivery failed(Throwable cause) {
        if (cause instanceof TargetRefusedException refused) {
            return new Delivery.Refused(String.valueOf(refused.getMessage()));
        }
        if (cause instanceof ProxyRefusedException refused) {
            return later(String.valueOf(refused.getMessage()));
        }
        if (cause instanceof UnknownHostException) {
            return later("the host is unknown");
        }
        if (cause instanceof SSLException) {
            return later("TLS with the receiver failed");
        }
        if (cause instanceof IOException) {
            return later("the connection failed");
        }
        throw new IllegalStateException("a delivery failed without being an I/O fault", cause);
    }

    private static Delivery later(String cause) {
        return new Delivery.Later(cause, Optional.empty());
    }
}
