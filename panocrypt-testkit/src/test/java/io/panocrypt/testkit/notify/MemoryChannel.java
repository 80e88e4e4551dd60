package io.panocrypt.testkit.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A channel in memory that follows every rule; broken channels override parts of it. */
class MemoryChannel implements Notifier, NotifierFixture {
    static final String SECRET = "memory-secret";
    static final Duration LIMIT = Duration.ofMillis(100);
    static final Duration BUSY = Duration.ofSeconds(77);

    final List<Received> received = Collections.synchronizedList(new ArrayList<>());
    final AtomicReference<Behaviour> behaviour = new AtomicReference<>(Behaviour.TAKES);
    private final AtomicReference<Duration> limit = new AtomicReference<>(LIMIT);

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        if (!contact.equals(contact())) {
            return new Delivery.Refused("not a contact in memory");
        }
        return switch (behaviour.get()) {
            case TAKES -> taken(notice);
            case IS_BUSY -> new Delivery.Later("busy", Optional.of(BUSY));
            case REFUSES -> new Delivery.Refused("refused");
            case IS_GONE -> new Delivery.Gone("gone");
            case REFUSES_SENDER -> new Delivery.Later("no", Optional.empty());
            case HANGS -> hang(limit.get());
            default -> failed();
        };
    }

    Delivery taken(Notice notice) {
        received.add(new Received(notice.id(), shown(notice)));
        return new Delivery.Done();
    }

    Delivery failed() {
        return new Delivery.Later("failed", Optional.empty());
    }

    Delivery hang(Duration limit) {
        try {
            boolean answered = new CountDownLatch(1).await(limit.toNanos(), TimeUnit.NANOSECONDS);
            return answered ? new Delivery.Done() : failed();
        } catch (InterruptedException e) {
            return interrupted();
        }
    }

    Delivery interrupted() {
        Thread.currentThread().interrupt();
        return failed();
    }

    String shown(Notice notice) {
        return String.join("\n", parts(notice));
    }

    static List<String> parts(Notice notice) {
        List<String> parts = new ArrayList<>(List.of(clean(notice.text())));
        notice.deviceName().ifPresent(name -> parts.add(clean(name)));
        notice.source().ifPresent(source -> parts.add(clean(source)));
        notice.since().ifPresent(since -> parts.add(since.toString()));
        notice.link().ifPresent(link -> parts.add(link.toString()));
        return parts;
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}\u0080-\u009f\u2028\u202e\u2066]", " ");
    }

    @Override
    public Notifier notifier() {
        return this;
    }

    @Override
    public Notifier patient() {
        limit.set(Outbound.PATIENT);
        return this;
    }

    @Override
    public URI contact() {
        return URI.create("memory:" + SECRET);
    }

    @Override
    public void behave(Behaviour wanted) {
        behaviour.set(wanted);
    }

    @Override
    public List<Received> received() {
        return List.copyOf(received);
    }

    @Override
    public Optional<Duration> busyFor() {
        return Optional.of(BUSY);
    }

    @Override
    public Duration bound() {
        return LIMIT;
    }

    @Override
    public List<String> secrets() {
        return List.of(SECRET);
    }

    @Override
    public List<URI> unreadable() {
        return List.of(URI.create("memory:other-" + SECRET));
    }

    @Override
    public void close() {
        // Nothing to close.
    }

    @Override
    public String toString() {
        return "MemoryChannel";
    }
}
