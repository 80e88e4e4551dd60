package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
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
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        return super.exchange(label(label), key(label, key), point);
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        return super.sign(label(label), key(label, key), input);
    }
}
