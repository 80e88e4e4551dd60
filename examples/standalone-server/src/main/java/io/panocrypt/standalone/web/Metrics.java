package io.panocrypt.standalone.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.standalone.common.BuildInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counters and timers of the process since its start, in Prometheus's text format. Thread-safe.
 *
 * <p>No label contains a device, an address or a person. Each label has a handful of values, all present from the
 * start.
 */
public final class Metrics implements DecisionListener {
    private static final System.Logger LOG = System.getLogger(Metrics.class.getName());

    /** From an answer from memory up to the pause of a stock client between two attempts. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Reason, Counter> attempts = new EnumMap<>(Reason.class);
    private final Map<DecisionEvent.Fault, Counter> errors;
    private final Map<Outcome, Timer> deciding;
    private final Timer multiplying;
    private final Counter lost;
    private volatile @Nullable Supplier<OutboxStatus> outbox;

    /** The status at the latest scrape, so its numbers are consistent. */
    private volatile @Nullable OutboxStatus seen;

    public Metrics() {
        for (Reason reason : Reason.values()) {
            outcome(reason)
                    .ifPresent(outcome -> attempts.put(
                            reason,
                            Counter.builder("panocrypt.unlock.attempts")
                                    .description("Attempts to unlock that were decided, by what and why")
                                    .tag("outcome", outcome.wireName())
                                    .tag("reason", reason.wireName())
                                    .register(registry)));
        }
        errors = each(
                DecisionEvent.Fault.class,
                fault -> Counter.builder("panocrypt.unlock.errors")
                        .description(
                                "Attempts to unlock that nobody refused and that were not answered, by what failed")
                        .tag("fault", fault.name().toLowerCase(Locale.ROOT))
                        .register(registry));
        deciding = each(
                Outcome.class,
                outcome -> Timer.builder("panocrypt.unlock.decision")
                        .description("From an attempt's arrival to the end of its commit")
                        .tag("outcome", outcome.wireName())
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
        multiplying = Timer.builder("panocrypt.unlock.multiplication")
                .description("How long the custody took for an answer")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        lost = Counter.builder("panocrypt.metrics.lost")
                .description("Attempts that are in none of these numbers because too many came at once")
                .register(registry);
        Gauge.builder("panocrypt.build.info", () -> 1)
                .description("Always 1")
                .tag("version", BuildInfo.VERSION)
                .tag("java", Runtime.version().toString())
                .register(registry);
        watchJvm();
    }

    @SuppressWarnings("resource")
    private void watchJvm() {
        // Never closed: it lasts as long as the process.
        new JvmGcMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    private static <K extends Enum<K>, V> Map<K, V> each(Class<K> keys, Function<K, V> value) {
        return Arrays.stream(keys.getEnumConstants())
                .collect(Collectors.toMap(key -> key, value, (one, other) -> one, () -> new EnumMap<>(keys)));
    }

    /** The outcome that belongs to the reason; empty for an error, which has its own counter. */
    private static Optional<Outcome> outcome(Reason reason) {
        return switch (reason) {
            case ALLOWED, ALLOWED_ONCE, APPROVED -> Optional.of(Outcome.ALLOWED);
            case APPROVAL_PENDING -> Optional.of(Outcome.PENDING);
            case STORE_UNAVAILABLE -> Optional.empty();
            default -> Optional.of(Outcome.DENIED);
        };
    }

    /** Reports the outbox's backlog at each scrape. */
    public void watch(Supplier<OutboxStatus> status) {
        gauge("panocrypt.outbox.waiting", "Notices that are neither delivered nor given up", OutboxStatus::waiting);
        gauge("panocrypt.outbox.dead", "Notices that were given up", OutboxStatus::dead);
        Gauge.builder("panocrypt.outbox.lag", () -> read(Metrics::lagSeconds))
                .description("How long the oldest notice has been waiting")
                .baseUnit("seconds")
                .register(registry);
        outbox = status;
    }

    /**
     * Reports a certificate's expiry at each scrape.
     *
     * @param listener {@code devices}, which includes operators unless they have a separate certificate, or
     *     {@code admin}
     */
    public void watchCertificate(String listener, Supplier<Instant> expiry) {
        Gauge.builder("panocrypt.tls.certificate.expiry", () -> expiry.get().getEpochSecond())
                .description("When the certificate in use, or one of its chain, expires, in Unix seconds")
                .tag("listener", listener)
                .baseUnit("seconds")
                .register(registry);
    }

    private void gauge(String name, String description, Function<OutboxStatus, Long> value) {
        Gauge.builder(name, () -> read(value.andThen(Long::doubleValue)))
                .description(description)
                .register(registry);
    }

    private double read(Function<OutboxStatus, Double> value) {
        OutboxStatus latest = seen;
        return latest == null ? Double.NaN : value.apply(latest);
    }

    private static double lagSeconds(OutboxStatus status) {
        return status.oldest()
                .map(oldest -> Duration.between(oldest, status.now()).toMillis() / 1_000.0)
                .orElse(0.0);
    }

    @Override
    public void onEvent(DecisionEvent event) {
        if (event instanceof DecisionEvent.Decided decided) {
            count(decided.reason());
            timer(decided.outcome()).record(decided.deciding());
            decided.multiplying().ifPresent(multiplying::record);
        } else if (event instanceof DecisionEvent.Unknown unknown) {
            count(Reason.UNKNOWN_KEY);
            timer(Outcome.DENIED).record(unknown.deciding());
        } else if (event instanceof DecisionEvent.Failed failed) {
            Objects.requireNonNull(errors.get(failed.fault())).increment();
        }
    }

    private void count(Reason reason) {
        Objects.requireNonNull(attempts.get(reason)).increment();
    }

    private Timer timer(Outcome outcome) {
        return Objects.requireNonNull(deciding.get(outcome));
    }

    @Override
    public void onLost(long number) {
        lost.increment((double) number);
    }

    /** The current values; NaN where the store does not answer. */
    public String scrape() {
        Supplier<OutboxStatus> source = outbox;
        try {
            seen = source == null ? null : source.get();
        } catch (StoreException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the outbox''s metrics are NaN, because the store does not answer: {0}",
                    e.getMessage());
            seen = null;
        }
        return registry.scrape();
    }
}
