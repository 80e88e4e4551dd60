package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a decision about a device depends on, as it was at one moment. Thread-safe. */
final class Snapshots {
    private static final int MAX_READS = 100;

    private final Entries entries;
    private final Records records;

    Snapshots(Entries entries, Records records) {
        this.entries = entries;
        this.records = records;
    }

    Optional<DecisionSnapshot> of(String uniqueTerm) {
        for (int i = 0; i < MAX_READS; i++) {
            Optional<String> id = records.holder(PolicyRecord.DEVICE, uniqueTerm);
            if (id.isEmpty()) {
                return Optional.empty();
            }
            Optional<DecisionSnapshot> found = tryRead(id.get())
                    .filter(snapshot -> snapshot.device().uniqueTerms().contains(uniqueTerm));
            if (found.isPresent()) {
                return found;
            }
        }
        throw Entries.changedAllTheTime();
    }

    /**
     * The snapshot as of the scan for the device's requests; empty if something changes meanwhile. The scan shows the
     * requests' versions, everything else is read before and after it.
     */
    private Optional<DecisionSnapshot> tryRead(String id) {
        List<String> keys = keys(id);
        Map<String, StoreEntry> before = entries.read(keys);
        List<StoreEntry> scanned = entries.all(Keys.terms(PolicyRecord.REQUEST, id));
        List<String> all = new ArrayList<>(keys);
        scanned.forEach(term -> all.add(Records.keyOf(PolicyRecord.REQUEST, term)));
        Map<String, StoreEntry> after = entries.read(all);
        List<PolicyRecord> requests = new ArrayList<>();
        for (StoreEntry term : scanned) {
            Optional<PolicyRecord> request = Optional.ofNullable(
                            after.remove(Records.keyOf(PolicyRecord.REQUEST, term)))
                    .map(Records::record)
                    .filter(found -> Long.toString(found.version()).equals(term.value()));
            request.ifPresent(requests::add);
        }
        StoreEntry device = after.get(Keys.record(PolicyRecord.DEVICE, id));
        if (device == null || requests.size() < scanned.size() || !before.equals(after)) {
            return Optional.empty();
        }
        Instant now = entries.now();
        Grants.Shared shared = Grants.Shared.of(after.get(Keys.SHARED));
        return Optional.of(new DecisionSnapshot(
                now,
                shared.epoch(),
                Records.record(device),
                Grants.open(after.get(Keys.ledger(id)), shared, device, now),
                requests));
    }

    private static List<String> keys(String deviceId) {
        return List.of(Keys.SHARED, Keys.record(PolicyRecord.DEVICE, deviceId), Keys.ledger(deviceId));
    }

    /** The policy epoch. */
    long epoch() {
        return Grants.Shared.of(entries.read(List.of(Keys.SHARED)).get(Keys.SHARED))
                .epoch();
    }

    /** The device's open grants, by ascending id. */
    List<Grant> grants(String deviceId) {
        Map<String, StoreEntry> found = entries.readTogether(keys(deviceId));
        return Grants.open(
                        found.get(Keys.ledger(deviceId)),
                        Grants.Shared.of(found.get(Keys.SHARED)),
                        found.get(Keys.record(PolicyRecord.DEVICE, deviceId)),
                        entries.now())
                .stream()
                .sorted(Comparator.comparing(Grant::id))
                .toList();
    }
}
