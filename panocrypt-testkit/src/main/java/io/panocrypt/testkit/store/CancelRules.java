package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules P14 to P18: which grants an edit cancels. */
abstract class CancelRules extends StoreRules {
    CancelRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("P14 an edit cancels one grant of the device that it names")
    void cancelsOneGrant() {
        open(grant("a", DEVICE, 1), grant("b", DEVICE, 1), grant("c", "dev-2", 1));
        applied(edit().cancel(List.of(new GrantScope.Single(DEVICE, "a")))
                .cancel(List.of(new GrantScope.Single(DEVICE, "c"))));
        assertEquals(List.of("b"), openGrants(DEVICE));
        assertEquals(List.of("c"), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P15 an edit cancels a device's grants")
    void cancelsGrantsOfADevice() {
        open(grant("a", DEVICE, 1), grant("b", DEVICE, 1), grant("c", "dev-2", 1));
        applied(edit().cancel(List.of(new GrantScope.OfDevice(DEVICE))));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of("c"), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P16 an edit cancels the grants of devices that held all the terms before it")
    void cancelsGrantsByTerms() {
        applied(edit().put(device("dev-2", 1, "token:two", "site=north"), device("dev-3", 1, "token:three", "rack=7"))
                .put(new PolicyRecord("list", "dev-4", 1, "{}", Set.of(), Set.of("site=north", "rack=7"))));
        open(grant("a", DEVICE, 1), grant("b", "dev-2", 1), grant("c", "dev-3", 1), grant("d", "dev-4", 1));
        applied(edit().put(device(DEVICE, 2, TOKEN))
                .cancel(List.of(new GrantScope.OfTerms(Set.of("site=north", "rack=7")))));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of("b"), openGrants("dev-2"));
        assertEquals(List.of("c"), openGrants("dev-3"));
        assertEquals(List.of("d"), openGrants("dev-4"));
        applied(edit().cancel(List.of(new GrantScope.OfTerms(Set.of("site=north")))));
        assertEquals(List.of(), openGrants("dev-2"));
        assertEquals(List.of("c"), openGrants("dev-3"));
    }

    @Test
    @DisplayName("P17 an edit cancels every grant when it names no terms")
    void cancelsEveryGrant() {
        open(grant("a", DEVICE, 1), grant("b", "dev-2", 1));
        applied(edit().cancel(List.of(new GrantScope.OfTerms(Set.of()))));
        assertEquals(List.of(), openGrants(DEVICE));
        assertEquals(List.of(), openGrants("dev-2"));
    }

    @Test
    @DisplayName("P18 grants that an edit opens outlive what it cancels")
    void keepsItsOwnGrants() {
        open(grant("old", DEVICE, 1));
        Grant fresh = grant("new", DEVICE, 1);
        applied(edit().grant(List.of(fresh))
                .cancel(List.of(new GrantScope.OfDevice(DEVICE)))
                .cancel(List.of(new GrantScope.OfTerms(Set.of()))));
        assertEquals(List.of(fresh), store().grants(DEVICE));
    }
}
