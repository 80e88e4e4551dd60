package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcPoint;

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
}
