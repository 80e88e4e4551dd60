package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Spend;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a store must hold after the acts that have happened, and which acts may happen. Not thread-safe. */
final class ActModel {
    private static final class Open {
        final String device;
        final Instant expires;
        int left;

        Open(Grant grant) {
            device = grant.deviceId();
            expires = grant.expires();
            left = grant.uses();
        }
    }

    private final Map<String, Runnable> expected = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Set<String> happened = new HashSet<>();
    private final Set<String> forbidden = new HashSet<>();
    private final Map<String, PolicyRecord> devices = new HashMap<>();
    private final Map<String, Open> grants = new TreeMap<>();
    private final Map<String, ChainHead> cuts = new HashMap<>();
    private final Set<String> handed = new LinkedHashSet<>();
    private final Set<String> maybeHanded = new HashSet<>();
    private final List<AssertionError> violations = new ArrayList<>();
    private long epoch = 1;

    void expect(String id, Runnable act) {
        String key = Keys.written(id);
        ids.put(key, id);
        expected.put(key, act);
    }

    /** Nobody may do the act from now on. */
    void forbid(String id) {
        forbidden.add(id);
    }

    /** A write has put this key. */
    void happens(String key) {
        Runnable act = expected.get(key);
        if (act != null) {
            String id = ids.get(key);
            try {
                assertTrue(!forbidden.contains(id), id + " happens after it was refused");
                assertTrue(happened.add(id), id + " happens twice");
                act.run();
            } catch (AssertionError e) {
                // Its caller would take it for a fault of the entry store.
                violations.add(e);
            }
        }
    }

    void check() {
        for (AssertionError violation : violations) {
            throw violation;
        }
    }

    boolean hasHappened(String id) {
        return happened.contains(id);
    }

    long epoch() {
        return epoch;
    }

    long version(String device) {
        PolicyRecord record = devices.get(device);
        return record == null ? 0 : record.version();
    }

    List<String> grantsOf(String device, Instant now) {
        return grants.entrySet().stream()
                .filter(grant -> grant.getValue().device.equals(device)
                        && grant.getValue().left > 0
                        && now.isBefore(grant.getValue().expires))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A write that has set out in time may arrive after the end of its grant. */
    void make(StoreWrite write) {
        if (write.epoch() != null) {
            assertEquals(epoch, write.epoch(), "epoch");
        }
        for (Change change : write.changes()) {
            if (change instanceof Change.Require require) {
                assertEquals(version(require.id()), require.version(), "version");
            }
        }
        for (Spend spent : write.spends()) {
            Open grant = grants.get(spent.grantId());
            assertTrue(grant != null && grant.left > 0 && grant.device.equals(spent.deviceId()), spent::grantId);
            grant.left--;
        }
        write.cancels().forEach(this::cancel);
        for (Change change : write.changes()) {
            if (change instanceof Change.Put put && put.record().kind().equals(PolicyRecord.DEVICE)) {
                assertEquals(version(put.record().id()) + 1, put.record().version());
                devices.put(put.record().id(), put.record());
            } else if (change instanceof Change.Delete delete) {
                assertEquals(version(delete.id()), delete.version());
                devices.remove(delete.id());
            }
        }
        write.grants().forEach(grant -> grants.put(grant.id(), new Open(grant)));
        epoch += write.growsEpoch() ? 1 : 0;
        handedIn(write.outbox());
        ChainHead end = write.truncation();
        if (end != null) {
            cuts.put(end.chain(), end);
        }
    }

    private void cancel(GrantScope scope) {
        if (scope instanceof GrantScope.Single single) {
            grants.remove(single.grantId());
        } else if (scope instanceof GrantScope.OfDevice device) {
            grants.values().removeIf(grant -> grant.device.equals(device.deviceId()));
        } else if (scope instanceof GrantScope.OfTerms terms) {
            grants.values().removeIf(grant -> terms(grant.device).containsAll(terms.terms()));
        }
    }

    private Set<String> terms(String device) {
        PolicyRecord record = devices.get(device);
        return record == null ? Set.of() : record.terms();
    }

    ChainHead cutOf(String chain) {
        return cuts.getOrDefault(chain, ChainHead.start(chain));
    }

    void handedIn(List<OutboxEntry> entries) {
        entries.forEach(entry -> handed.add(entry.id()));
    }

    void maybeHandedIn(List<OutboxEntry> entries) {
        entries.forEach(entry -> maybeHanded.add(entry.id()));
    }

    Set<String> handed() {
        return handed;
    }

    Set<String> maybeHanded() {
        return maybeHanded;
    }

    /** The ids of all acts that have happened. */
    Set<String> happened() {
        return happened;
    }
}
