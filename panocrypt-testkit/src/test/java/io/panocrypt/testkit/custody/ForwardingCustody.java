package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import java.util.Optional;
import java.util.Set;

/** Forwards all calls; a mistake overrides some. */
abstract class ForwardingCustody implements KeyCustody {
    final KeyCustody right;

    ForwardingCustody(KeyCustody right) {
        this.right = right;
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        return right.generate(label);
    }

    @Override
    public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
        return right.adopt(label, pair);
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        return right.exchange(label, key, point);
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        return right.sign(label, key, input);
    }

    @Override
    public String fingerprint() {
        return right.fingerprint();
    }

    @Override
    public Set<String> fingerprints() {
        return right.fingerprints();
    }

    @Override
    public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
        return right.rewrap(label, key, fingerprint);
    }

    @Override
    public boolean holdsKeys() {
        return right.holdsKeys();
    }

    @Override
    public void destroy(KeyLabel label, CustodyKey key) {
        right.destroy(label, key);
    }

    @Override
    public Optional<String> unreadyReason() {
        return right.unreadyReason();
    }
}
