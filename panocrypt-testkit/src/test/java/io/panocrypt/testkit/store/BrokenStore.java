package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.MutableClock;
import java.util.List;

/** A store with one typical mistake. */
interface BrokenStore {
    /** The rules that the contract must find violated, separated by commas; it may find more. */
    String rules();

    /** Creates a new store with the mistake. */
    StoreFixture fixture(MutableClock clock) throws Exception;

    /** The rules as a list. */
    default List<String> violated() {
        return List.of(rules().split(", "));
    }
}
