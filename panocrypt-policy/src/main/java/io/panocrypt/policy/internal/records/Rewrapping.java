package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyLabel;

/** What a re-wrap does to each stored key: returns it sealed under another master key, or as it is. */
@FunctionalInterface
public interface Rewrapping {
    CustodyKey apply(KeyLabel label, CustodyKey key);
}
