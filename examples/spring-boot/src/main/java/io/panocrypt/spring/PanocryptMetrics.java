package io.panocrypt.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.panocrypt.policy.spi.event.DecisionMetrics;
import java.time.Duration;
import java.util.Collection;

/** Counts and times attempts to unlock in a registry of the application. Thread-safe. */
public final class PanocryptMetrics extends DecisionMetrics {
    private final MeterRegistry registry;

    /**
     * Makes all meters.
     *
     * @param registry where they are registered
     * @param ruleNames of the rules that the service asks
     */
    public PanocryptMetrics(MeterRegistry registry, Collection<String> ruleNames) {
        this.registry = registry;
        counters(ruleNames).forEach(this::counter);
        timers().forEach(this::timer);
    }

    @Override
    protected void count(Series series, long number) {
        counter(series).increment(number);
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
        Timer.Builder timer = Timer.builder(series.name()).description(series.help());
        series.labels().forEach(timer::tag);
        return timer.register(registry);
    }
}
