package io.panocrypt.policy.internal.keys;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.keys.KeyGeneration;
import io.panocrypt.policy.model.keys.KeyReport;
import io.panocrypt.policy.model.keys.KeyUse;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Counts which devices still use old keys. Thread-safe. */
public final class KeyReporter {
    private static final int SCAN = 500;

    private static final List<Duration> AGES = List.of(
            Duration.ZERO, Duration.ofDays(30), Duration.ofDays(90), Duration.ofDays(180), Duration.ofDays(365));

    private final Store store;
    private final InstantSource clock;
    private final KeyUseIndex index;

    public KeyReporter(Store store, InstantSource clock, KeyUseIndex index) {
        this.store = store;
        this.clock = clock;
        this.index = index;
    }

    /** The device's generations, oldest first. */
    public List<KeyGeneration> generations(Device device) {
        KeyUseIndex.State state = index.catchUp();
        KeyUseIndex.Uses uses = index.of(device.id());
        return device.keys().stream()
                .map(key -> new KeyGeneration(
                        key,
                        uses.of(key.generation()),
                        key.hidden() && state.provesUnused(uses, key, KeyAge.hiddenSince(device, key))))
                .toList();
    }

    /**
     * A report about the devices with that tag, null for all.
     *
     * @param olderThan lists the devices whose advertised keys are older; null lists those that use hidden ones
     * @param cursor the position after which to list; null from the oldest device
     * @param limit maximum number of listed devices
     */
    public KeyReport report(@Nullable String tag, @Nullable Duration olderThan, @Nullable String cursor, int limit) {
        Count count = new Count(clock.instant(), index.catchUp(), olderThan, cursor, limit);
        String term = tag == null ? null : RecordMapper.tagTerm(tag);
        String after = null;
        List<PolicyRecord> page;
        do {
            page = store.scan(RecordMapper.DEVICE, term, after, SCAN);
            for (PolicyRecord record : page) {
                after = record.id();
                RecordMapper.readIfReadable(record, Device.class)
                        .filter(device -> device.state() != DeviceState.REVOKED)
                        .ifPresent(count::add);
            }
        } while (page.size() == SCAN);
        return count.report();
    }

    /** A report under construction. */
    private final class Count {
        private final Instant now;
        private final KeyUseIndex.State state;
        private final @Nullable Duration olderThan;
        private final @Nullable String cursor;
        private final int limit;
        private final int[] ages = new int[AGES.size()];
        private final List<KeyReport.Line> lines = new ArrayList<>();
        private int devices;
        private int withHidden;
        private int usingHidden;
        private int unproven;
        private Optional<Instant> last = Optional.empty();

        Count(Instant now, KeyUseIndex.State state, @Nullable Duration olderThan, @Nullable String cursor, int limit) {
            this.now = now;
            this.state = state;
            this.olderThan = olderThan;
            this.cursor = cursor;
            this.limit = limit;
        }

        void add(Device device) {
            devices++;
            Instant since = KeyAge.advertisedSince(device);
            IntStream.range(0, ages.length)
                    .filter(i -> !since.plus(AGES.get(i)).isAfter(now))
                    .forEach(i -> ages[i]++);
            List<DeviceKey> hidden = KeyAge.hidden(device);
            Optional<KeyUse> use = hidden.isEmpty() ? Optional.empty() : count(device, hidden);
            boolean isListed =
                    olderThan == null ? use.isPresent() : since.plus(olderThan).isBefore(now);
            // One more than the limit shows whether there is another page.
            if (isListed
                    && lines.size() <= limit
                    && (cursor == null || device.id().compareTo(cursor) > 0)) {
                lines.add(new KeyReport.Line(device.id(), device.name(), since, hidden.size(), use));
            }
        }

        private Optional<KeyUse> count(Device device, List<DeviceKey> hidden) {
            withHidden++;
            KeyUseIndex.Uses uses = index.of(device.id());
            Optional<KeyUse> use = hidden.stream()
                    .flatMap(key -> uses
                            .of(key.generation())
                            .filter(known -> !known.time().isBefore(KeyAge.hiddenSince(device, key)))
                            .stream())
                    .max(Comparator.comparing(KeyUse::time));
            if (use.isPresent()) {
                usingHidden++;
                last = use.map(KeyUse::time)
                        .filter(time -> last.filter(time::isBefore).isEmpty())
                        .or(() -> last);
            } else if (!hidden.stream()
                    .allMatch(key -> state.provesUnused(uses, key, KeyAge.hiddenSince(device, key)))) {
                unproven++;
            }
            return use;
        }

        KeyReport report() {
            boolean more = lines.size() > limit;
            List<KeyReport.Line> shown = more ? lines.subList(0, limit) : lines;
            return new KeyReport(
                    now,
                    devices,
                    IntStream.range(0, ages.length)
                            .mapToObj(i -> new KeyReport.Age(AGES.get(i), ages[i]))
                            .toList(),
                    withHidden,
                    usingHidden,
                    unproven,
                    last,
                    state.current(),
                    new Page<>(shown, more ? Optional.of(shown.get(limit - 1).deviceId()) : Optional.empty()));
        }
    }
}
