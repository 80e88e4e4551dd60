package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots while another node edits, at each moment between two calls of the entry store. */
class SnapshotsTest {
    /** More than a snapshot takes when it is read twice. */
    private static final int CALLS = 12;

    private static PolicyRecord request(String id, long version) {
        return new PolicyRecord(
                PolicyRecord.REQUEST, id, version, "{}", Set.of("open:" + id), Set.of(EntrySite.DEVICE));
    }

    /** Which requests, versions and grants a snapshot shows. */
    private static List<String> shown(DecisionSnapshot snapshot) {
        List<String> shown =
                new ArrayList<>(List.of("device " + snapshot.device().version()));
        snapshot.requests().forEach(request -> shown.add(request.id() + " " + request.version()));
        snapshot.grants().forEach(grant -> shown.add(grant.id()));
        return shown;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void showOneMoment(boolean changesTheDevice) {
        int moments = 0;
        for (int call = 0; call < CALLS; call++) {
            EntrySite site = new EntrySite();
            site.other.write(site.put(EntrySite.device(EntrySite.DEVICE, 1, "site=north"), request("r1", 1)));
            site.other.write(site.open(site.grant("old", EntrySite.DEVICE, 1)));
            List<Change> changes =
                    new ArrayList<>(List.of(new Change.Put(request("r1", 2)), new Change.Put(request("r2", 1))));
            if (changesTheDevice) {
                changes.add(new Change.Put(EntrySite.device(EntrySite.DEVICE, 2, "site=south")));
            }
            List<GrantScope> cancels = List.of(new GrantScope.OfTerms(Set.of("site=north")));
            List<Grant> grants = List.of(site.grant("new", EntrySite.DEVICE, 1));
            AtomicInteger left = new AtomicInteger(call);
            site.faulty.beforeRead(() -> {
                if (left.getAndDecrement() == 0) {
                    site.other.write(site.edit(changes, cancels, grants));
                }
            });
            List<String> shown =
                    shown(site.node.snapshot("token:" + EntrySite.DEVICE).orElseThrow());
            boolean isBefore = left.get() >= 0;
            moments += isBefore ? 0 : 1;
            List<String> old = List.of("device 1", "r1 1", "old");
            List<String> changed = List.of("device " + (changesTheDevice ? 2 : 1), "r1 2", "r2 1", "new");
            assertTrue(shown.equals(old) || shown.equals(changed), "before call " + call + ": " + shown);
            assertTrue(!isBefore || shown.equals(old), "before call " + call + ": " + shown);
        }
        assertTrue(moments >= 4, "the edit was made at " + moments + " moments");
    }

    @Test
    void ofGrantsShowOneMoment() {
        for (int call = 0; call < CALLS; call++) {
            EntrySite site = new EntrySite();
            site.other.write(site.put(EntrySite.device(EntrySite.DEVICE, 1, "site=north")));
            site.other.write(site.open(site.grant("g", EntrySite.DEVICE, 1)));
            site.other.write(site.cancel(new GrantScope.OfTerms(Set.of("site=north"))));
            AtomicInteger left = new AtomicInteger(call);
            site.faulty.beforeRead(() -> {
                if (left.getAndDecrement() == 0) {
                    site.other.write(site.put(EntrySite.device(EntrySite.DEVICE, 2, "site=south")));
                }
            });
            assertEquals(List.of(), site.node.grants(EntrySite.DEVICE), "before call " + call);
        }
    }
}
