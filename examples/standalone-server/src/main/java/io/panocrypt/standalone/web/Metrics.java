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
import io.panocrypt.policy.spi.event.DecisionMetrics;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.standalone.common.BuildInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counters and timers of the process since its start, in Prometheus's text format. Thread-safe. */
public final class Metrics extends DecisionMetrics {
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
    private volatile @Nullable Supplier<OutboxStatus> outbox;

    /** The status at the latest scrape, so its numbers are consistent. */
    private volatile @Nullable OutboxStatus seen;

    /** @param ruleNames of the rules that the service asks */
    public Metrics(Collection<String> ruleNames) {
        counters(ruleNames).forEach(this::counter);
        timers().forEach(this::timer);
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
    protected void count(Series series, long number) {
        counter(series).increment((double) number);
    }

    @Override
    protected void time(Series series, Duration lasted) {
        timer(series).record(lasted);
    }

    private Counter counter(Series series) {
        Counter.Builder counter = Counter.builder(series.name()).description(series.help());
        series.labels().forEach(counter::tag);
        return counter.register(registry);
    }

    private Timer timer(Series series) {
        Timer.Builder timer =
                Timer.builder(series.name()).description(series.help()).serviceLevelObjectives(BUCKETS);
        series.labels().forEach(timer::tag);
        return timer.register(registry);
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
