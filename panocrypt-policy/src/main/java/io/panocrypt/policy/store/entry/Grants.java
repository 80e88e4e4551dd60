package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.records.ParseCache;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Spend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The grants of each device, in one entry: its ledger.
 *
 * <p>A cancel by terms touches no ledger, since it may meet any number of devices. It is one more number in the shared entry,
 * on which every write that deals with grants depends. A ledger knows the number of the last cancel that it has heard of;
 * later ones that meet the device have ended all its grants. Whoever writes the ledger, or the device's terms, settles it
 * first.
 */
final class Grants {
    /** A grant that has been over for that long is forgotten; shorter, the clock might still go back. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private Grants() {}

    /** A cancel of the grants of all devices with these terms. */
    record Cancel(long number, Set<String> terms) {}

    /**
     * What all devices share.
     *
     * @param epoch the policy epoch
     * @param cancels the number of the last cancel
     * @param pending cancels that some ledgers may not have heard of, in order
     */
    record Shared(long epoch, long cancels, List<Cancel> pending) {
        private static final Shared START = new Shared(1, 0, List.of());
        private static final ParseCache<Shared> PARSED = new ParseCache<>();

        static Shared of(@Nullable StoreEntry entry) {
            return entry == null ? START : of(entry.value());
        }

        private static Shared of(String text) {
            return PARSED.of(Keys.SHARED, text, some -> Values.read(some, Shared.class));
        }

        static Shared in(EntryTransaction write) {
            return write.get(Keys.SHARED).map(Shared::of).orElse(START);
        }

        void put(EntryTransaction write) {
            write.put(Keys.SHARED, this);
        }

        Shared nextEpoch() {
            return new Shared(epoch + 1, cancels, pending);
        }

        private Shared cancel(Set<String> terms) {
            // It also meets each device that an earlier cancel with all of its terms meets.
            List<Cancel> all = new ArrayList<>(pending);
            all.removeIf(earlier -> earlier.terms().containsAll(terms));
            all.add(new Cancel(cancels + 1, terms));
            return new Shared(epoch, cancels + 1, all);
        }

        /** Forgets cancels that all ledgers have heard of. */
        Shared without(long upTo) {
            return new Shared(
                    epoch,
                    cancels,
                    pending.stream().filter(cancel -> cancel.number() > upTo).toList());
        }
    }

    /**
     * A device's grants.
     *
     * @param cancels the number of the last cancel that is taken into account
     */
    record Ledger(long cancels, List<Grant> grants) {
        boolean isBehind(Shared shared) {
            return shared.pending().stream().anyMatch(cancel -> cancel.number() > cancels);
        }

        /** The grants that are not cancelled. */
        List<Grant> standing(Shared shared, Set<String> deviceTerms) {
            boolean isCancelled = shared.pending().stream()
                    .anyMatch(cancel -> cancel.number() > cancels && deviceTerms.containsAll(cancel.terms()));
            return isCancelled ? List.of() : grants;
        }
    }

    /** The open grants of a ledger that was read together with the shared entry and the device's record. */
    static List<Grant> open(@Nullable StoreEntry ledger, Shared shared, @Nullable StoreEntry device, Instant now) {
        if (ledger == null) {
            return List.of();
        }
        Set<String> terms = device == null ? Set.of() : Records.record(device).terms();
        return Values.read(ledger, Ledger.class).standing(shared, terms).stream()
                .filter(grant -> grant.usesLeft() > 0 && now.isBefore(grant.expires()))
                .toList();
    }

    private static List<Grant> standing(EntryTransaction write, String deviceId) {
        Optional<Ledger> ledger = write.get(Keys.ledger(deviceId), Ledger.class);
        if (ledger.isEmpty()) {
            return List.of();
        }
        Shared shared = Shared.in(write);
        if (!ledger.get().isBehind(shared)) {
            return ledger.get().grants();
        }
        Set<String> terms = Records.in(write, PolicyRecord.DEVICE, deviceId)
                .map(PolicyRecord::terms)
                .orElse(Set.of());
        return ledger.get().standing(shared, terms);
    }

    private static void put(EntryTransaction write, String deviceId, List<Grant> grants) {
        Instant over = write.now().minus(REMEMBERED);
        List<Grant> kept = grants.stream()
                .filter(grant -> grant.usesLeft() > 0 && grant.expires().isAfter(over))
                .toList();
        if (kept.isEmpty()) {
            write.remove(Keys.ledger(deviceId));
        } else {
            write.put(Keys.ledger(deviceId), new Ledger(Shared.in(write).cancels(), kept));
        }
    }

    /** Ends what pending cancels have cancelled. Must come before a change of the device's terms. */
    static void settle(EntryTransaction write, String deviceId) {
        boolean isBehind = write.get(Keys.ledger(deviceId), Ledger.class)
                .filter(ledger -> ledger.isBehind(Shared.in(write)))
                .isPresent();
        if (isBehind) {
            put(write, deviceId, standing(write, deviceId));
        }
    }

    /** Takes one use of each grant; false, and nothing has changed, if one of them cannot be spent. */
    static boolean spend(EntryTransaction write, List<Spend> spends) {
        Map<String, Map<String, Grant>> ofDevices = new HashMap<>();
        for (Spend spend : spends) {
            Map<String, Grant> grants =
                    ofDevices.computeIfAbsent(spend.deviceId(), device -> byId(standing(write, device)));
            Grant grant = grants.get(spend.grantId());
            if (grant == null || grant.usesLeft() <= 0 || !grant.isValidAt(write.now())) {
                return false;
            }
            grants.put(grant.id(), spent(grant));
        }
        ofDevices.forEach((device, grants) -> put(write, device, List.copyOf(grants.values())));
        return true;
    }

    private static Grant spent(Grant grant) {
        return new Grant(
                grant.id(),
                grant.deviceId(),
                grant.uses(),
                grant.usesLeft() - 1,
                grant.created(),
                grant.expires(),
                grant.body());
    }

    private static Map<String, Grant> byId(List<Grant> grants) {
        Map<String, Grant> byId = new HashMap<>();
        grants.forEach(grant -> byId.put(grant.id(), grant));
        return byId;
    }

    /** Adds a grant; it replaces one with the same id. */
    static void add(EntryTransaction write, Grant grant) {
        Map<String, Grant> grants = byId(standing(write, grant.deviceId()));
        grants.put(grant.id(), grant);
        put(write, grant.deviceId(), List.copyOf(grants.values()));
    }

    static void cancel(EntryTransaction write, GrantScope scope) {
        if (scope instanceof GrantScope.Single single) {
            Map<String, Grant> grants = byId(standing(write, single.deviceId()));
            if (grants.remove(single.grantId()) != null) {
                put(write, single.deviceId(), List.copyOf(grants.values()));
            }
        } else if (scope instanceof GrantScope.OfDevice device) {
            write.remove(Keys.ledger(device.deviceId()));
        } else if (scope instanceof GrantScope.OfTerms devices) {
            Shared.in(write).cancel(devices.terms()).put(write);
        } else {
            throw new IllegalStateException("unknown kind of grant scope");
        }
    }
}
