package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;

/** Uses another label or key than it was given, in every operation with a key. */
abstract class AlteringCustody extends ForwardingCustody {
    AlteringCustody(KeyCustody right) {
        super(right);
    }

    /** The label to use. */
    KeyLabel label(KeyLabel given) {
        return given;
    }

    /** The key to use. */
    CustodyKey key(KeyLabel label, CustodyKey given) {
        return given;
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        return super.generate(label(label));
    }

    @Override
    public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
        return super.adopt(label(label), pair);
    }

    @Override
    public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
        CustodyKey used = key(label, key);
        CustodyKey sealed = super.rewrap(label(label), used, fingerprint);
        return sealed.equals(used) ? key : new CustodyKey(key.publicKey(), sealed.sealed());
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        return super.exchange(label(label), key(label, key), point);
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        return super.sign(label(label), key(label, key), input);
    }
}
