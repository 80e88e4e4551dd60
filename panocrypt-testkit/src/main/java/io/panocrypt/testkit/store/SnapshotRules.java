package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules D1 to D3 and D16: what decisions read. */
abstract class SnapshotRules extends StoreRules {
    SnapshotRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("D1 a snapshot holds the device, the epoch and the time to the millisecond")
    void readsASnapshot() {
        clock.advance(Duration.ofNanos(123_456));
        DecisionSnapshot snapshot = snapshot();
        assertEquals(device(DEVICE, 1, TOKEN, "site=north", "rack=7"), snapshot.device());
        assertEquals(store().epoch(), snapshot.epoch());
        assertEquals(List.of(), snapshot.grants());
        assertEquals(snapshot.now().truncatedTo(ChronoUnit.MILLIS), snapshot.now());
        if (fixture().followsClock()) {
            assertEquals(clock.instant().truncatedTo(ChronoUnit.MILLIS), snapshot.now());
        }
    }

    @Test
    @DisplayName("D2 there is no snapshot without a device that holds the unique term")
    void findsNoSnapshotWithoutDevice() {
        applied(edit().put(new PolicyRecord("member", "m-1", 1, "{}", Set.of("token:two"), Set.of())));
        assertEquals(Optional.empty(), store().snapshot("token:none"));
        assertEquals(Optional.empty(), store().snapshot("token:two"));
        assertEquals(Optional.empty(), store().snapshot("site=north"));
        assertEquals(Optional.empty(), store().snapshot(""));
    }

    @Test
    @DisplayName("D3 a snapshot holds the device's open grants and no others")
    void holdsOpenGrantsOnly() {
        Instant now = now();
        Grant whole = grant("whole", DEVICE, 3);
        Grant future = new Grant("future", DEVICE, 1, 1, now.plusSeconds(60), now.plusSeconds(120), "{}");
        Grant over = new Grant("over", DEVICE, 1, 1, now.minusSeconds(60), now.minusMillis(1), "{}");
        open(whole, future, over, grant("spent", DEVICE, 1), grant("cancelled", DEVICE, 1), grant("alien", "dev-2", 1));
        applied(edit().cancel(List.of(new GrantScope.Single(DEVICE, "cancelled"))));
        written(commit("spent"));
        assertEquals(Set.of(whole, future), Set.copyOf(snapshot().grants()));
    }

    @Test
    @DisplayName("D16 open grants are listed by ascending id")
    void listsGrantsById() {
        open(grant("m", DEVICE, 1), grant("z", DEVICE, 1), grant("a", DEVICE, 1), grant("b", "dev-2", 1));
        assertEquals(List.of("a", "m", "z"), openGrants(DEVICE));
        assertEquals(List.of(), store().grants("dev-3"));
    }
}
