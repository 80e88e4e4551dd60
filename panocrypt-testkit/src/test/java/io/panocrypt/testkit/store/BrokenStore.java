package io.panocrypt.testkit.store;

import io.panocrypt.testkit.MutableClock;
import java.util.List;

/** A store with one mistake, of the kind that adapters make. */
interface BrokenStore {
    /** The rules that the contract must find violated; it may find others too. */
    List<String> violated();

    ForwardingStore on(MutableClock clock);
}
