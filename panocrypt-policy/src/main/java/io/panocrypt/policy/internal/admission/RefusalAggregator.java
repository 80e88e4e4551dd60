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
 * Folds equal refusals of one device and source: the first is written at once, the others are counted and written after 1,
 * 5, 15 and 60 minutes and hourly. A device gets at most 10 such rows a minute; what exceeds them is one row together.
 *
 * <p>Every refusal is in exactly one row, sooner or later: whatever is forgotten is handed out before. Per node and in
 * memory, 16,384 folds at most; the devices that were refused longest ago give way. Thread-safe.
 */
public final class RefusalAggregator {
    private static final int MAX_FOLDS = 16_384;
    /** So many rows of evicted folds wait at most before whoever evicts writes them down. */
    private static final int MAX_EVICTED = 500;

    private final InstantSource clock;
    private final int most;
    private final Map<String, DeviceRefusals> devices = new LinkedHashMap<>(16, 0.75f, true);
    private final List<RefusalSummary> evicted = new ArrayList<>();
    private int size;

    /** @param clock the node's own, by which rows are due */
    public RefusalAggregator(InstantSource clock) {
        this(clock, MAX_FOLDS);
    }

    RefusalAggregator(InstantSource clock, int most) {
        this.clock = clock;
        this.most = most;
    }

    /**
     * Counts a refusal that equals an earlier one; otherwise opens a fold for it.
     *
     * @return whether the caller must write it at once; it is not counted then
     */
    public synchronized boolean countOrOpen(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals folds = of(refusal.deviceId(), now);
        int before = folds.size();
        boolean opened = folds.countOrOpen(refusal, now);
        grown(before, folds);
        return opened;
    }

    /** Counts a refusal that must not cost a row of its own. */
    public synchronized void count(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals folds = of(refusal.deviceId(), now);
        int before = folds.size();
        folds.count(refusal, now);
        grown(before, folds);
    }

    /** Says that a refusal is written at once because more hangs on it; equal ones that follow are counted. */
    public synchronized void restart(Refusal refusal) {
        Instant now = clock.instant();
        DeviceRefusals folds = of(refusal.deviceId(), now);
        int before = folds.size();
        folds.restart(refusal, now);
        grown(before, folds);
    }

    /** Says that a refusal that was to be written was not: the next equal one is. */
    public synchronized void missed(Refusal refusal) {
        DeviceRefusals folds = devices.get(refusal.deviceId());
        if (folds != null) {
            folds.missRow(refusal);
        }
    }

    /** Says that the source was answered: its refusals are over, and what is counted of them is due. */
    public synchronized void end(String deviceId, Optional<IpAddress> source) {
        DeviceRefusals folds = devices.get(deviceId);
        if (folds != null) {
            int before = folds.size();
            folds.end(source, clock.instant());
            size += folds.size() - before;
        }
    }

    private DeviceRefusals of(String deviceId, Instant now) {
        return devices.computeIfAbsent(deviceId, id -> new DeviceRefusals(now));
    }

    private void grown(int before, DeviceRefusals folds) {
        size += folds.size() - before;
        // The one that has grown was used last, so that it goes last.
        while (size > most || devices.size() > most) {
            String longestAgo = devices.keySet().iterator().next();
            DeviceRefusals leaving = Objects.requireNonNull(devices.remove(longestAgo));
            size -= leaving.size();
            leaving.ripen(clock.instant(), true);
            evicted.addAll(leaving.harvest());
        }
    }

    /** Whether so much has had to give way that it should be written down before more is taken in. */
    public synchronized boolean isCrowded() {
        return evicted.size() >= MAX_EVICTED;
    }

    /** Takes what is due. Whoever takes it must write it down, or it is lost. */
    public synchronized List<RefusalSummary> takeDue() {
        return take(false);
    }

    /** Takes everything that is counted. */
    public synchronized List<RefusalSummary> takeAll() {
        return take(true);
    }

    private List<RefusalSummary> take(boolean everything) {
        Instant now = clock.instant();
        List<RefusalSummary> taken = new ArrayList<>(evicted);
        evicted.clear();
        devices.values().forEach(folds -> {
            folds.ripen(now, everything);
            taken.addAll(folds.harvest());
        });
        devices.values().removeIf(folds -> folds.isIdle(now));
        size = devices.values().stream().mapToInt(DeviceRefusals::size).sum();
        return taken;
    }

    /** What is counted and not taken, of all devices, as it stands. */
    public synchronized List<RefusalSummary> pending() {
        return Stream.concat(evicted.stream(), devices.values().stream().flatMap(DeviceRefusals::pending))
                .toList();
    }

    /** What is counted of one device and not taken, as it stands. */
    public synchronized List<RefusalSummary> pending(String deviceId) {
        DeviceRefusals folds = devices.get(deviceId);
        return Stream.concat(
                        evicted.stream()
                                .filter(gone -> gone.refusal().deviceId().equals(deviceId)),
                        Stream.ofNullable(folds).flatMap(DeviceRefusals::pending))
                .toList();
    }

    /** How many folds are kept. */
    public synchronized int size() {
        return size;
    }

    synchronized int devices() {
        return devices.size();
    }
}
