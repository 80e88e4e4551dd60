package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.MutableClock;
import java.util.List;

/** A store with one mistake, of the kind that adapters make. */
interface BrokenStore {
    /** The rules that the contract must find violated, with commas between; it may find others too. */
    String rules();

    /** A fresh one. */
    StoreFixture fixture(MutableClock clock) throws Exception;

    /** The same rules, one by one. */
    default List<String> violated() {
        return List.of(rules().split(", "));
    }
}
