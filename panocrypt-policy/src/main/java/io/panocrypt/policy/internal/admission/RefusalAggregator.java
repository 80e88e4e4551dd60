package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Aggregates equal refusals of one device and source: the first is written at once, later ones are counted and written after
 * 1, 5, 15 and 60 minutes and then hourly. A device gets at most 10 such entries a minute; the rest shares one more.
 *
 * <p>Every refusal is in exactly one entry eventually; an evicted aggregate is handed out first. Per node and in memory, at
 * most 16,384 aggregates; those of the least recently refused devices are evicted. Thread-safe.
 */
public final class RefusalAggregator {
    private static final int MAX_AGGREGATES = 16_384;
    /** Summaries of evicted aggregates that may wait; more are written by the request that evicts. */
    private static final int MAX_EVICTED = 500;

    private final InstantSource clock;
    private final int maxAggregates;
    private final Map<String, DeviceRefusals> devices = new LinkedHashMap<>(16, 0.75f, true);
    private final List<RefusalSummary> evicted = new ArrayList<>();
    private int size;

    /** @param clock the node's own clock, by which entries are due */
    public RefusalAggregator(InstantSource clock) {
        this(clock, MAX_AGGREGATES);
    }

    RefusalAggregator(InstantSource clock, int maxAggregates) {
        this.clock = clock;
        this.maxAggregates = maxAggregates;
    }

    /**
     * Counts a refusal that equals an earlier one; otherwise begins an aggregate for it.
     *
     * @return whether the caller must write it at once; it is not counted then
     */
    public synchronized boolean countOrOpen(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals refusals = of(refusal.deviceId(), now);
        int before = refusals.size();
        boolean opened = refusals.countOrOpen(refusal, now);
        evictExcess(before, refusals);
        return opened;
    }

    /** Counts a refusal that must not cause an entry of its own. */
    public synchronized void count(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals refusals = of(refusal.deviceId(), now);
        int before = refusals.size();
        refusals.count(refusal, now);
        evictExcess(before, refusals);
    }

    /**
     * Begins a new aggregate with a refusal that is written at once, because its commit does more; later equal ones are
     * counted.
     */
    public synchronized void restart(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals refusals = of(refusal.deviceId(), now);
        int before = refusals.size();
        refusals.restart(refusal, now);
        evictExcess(before, refusals);
    }

    /** Records that a refusal could not be written; the next equal one is written instead. */
    public synchronized void missed(Refusal refusal) {
        DeviceRefusals refusals = devices.get(refusal.deviceId());
        if (refusals != null) {
            refusals.missEntry(refusal);
        }
    }

    /** Ends the refusals of a source that was answered; their counts are due. */
    public synchronized void end(String deviceId, Optional<IpAddress> source) {
        DeviceRefusals refusals = devices.get(deviceId);
        if (refusals != null) {
            int before = refusals.size();
            refusals.end(source, clock.instant());
            size += refusals.size() - before;
        }
    }

    private DeviceRefusals of(String deviceId, Instant now) {
        return devices.computeIfAbsent(deviceId, id -> new DeviceRefusals(now));
    }

    private void evictExcess(int before, DeviceRefusals refusals) {
        size += refusals.size() - before;
        // The device that has grown was used last, so it is evicted last.
        while (size > maxAggregates || devices.size() > maxAggregates) {
            String leastRecent = devices.keySet().iterator().next();
            DeviceRefusals leaving = Objects.requireNonNull(devices.remove(leastRecent));
            size -= leaving.size();
            leaving.makeDueReady(clock.instant(), true);
            evicted.addAll(leaving.takeReady());
        }
    }

    /** Whether so many summaries were evicted that they should be written before more is counted. */
    public synchronized boolean isCrowded() {
        return evicted.size() >= MAX_EVICTED;
    }

    /** Removes and returns the due counts; the caller must write them, or they are lost. */
    public synchronized List<RefusalSummary> takeDue() {
        return take(false);
    }

    /** Removes and returns all counts. */
    public synchronized List<RefusalSummary> takeAll() {
        return take(true);
    }

    private List<RefusalSummary> take(boolean everything) {
        Instant now = clock.instant();
        List<RefusalSummary> taken = new ArrayList<>(evicted);
        evicted.clear();
        devices.values().forEach(refusals -> {
            refusals.makeDueReady(now, everything);
            taken.addAll(refusals.takeReady());
        });
        devices.values().removeIf(refusals -> refusals.isIdle(now));
        size = devices.values().stream().mapToInt(DeviceRefusals::size).sum();
        return taken;
    }

    /** All counts of all devices that have not been taken. */
    public synchronized List<RefusalSummary> pending() {
        return Stream.concat(evicted.stream(), devices.values().stream().flatMap(DeviceRefusals::pending))
                .toList();
    }

    /** All counts of one device that have not been taken. */
    public synchronized List<RefusalSummary> pending(String deviceId) {
        DeviceRefusals refusals = devices.get(deviceId);
        return Stream.concat(
                        evicted.stream()
                                .filter(gone -> gone.refusal().deviceId().equals(deviceId)),
                        Stream.ofNullable(refusals).flatMap(DeviceRefusals::pending))
                .toList();
    }

    /** The number of aggregates. */
    public synchronized int size() {
        return size;
    }

    synchronized int devices() {
        return devices.size();
    }
}
