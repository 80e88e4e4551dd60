package io.panocrypt.policy.proof;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.PublicJwk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A custody without secrets that answers with the requested point: these tests prove policy only. */
final class GlassCustody implements KeyCustody {
    private static final int KEYS = 64;

    private final List<EcPoint> points = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    GlassCustody() {
        EcPoint generator = EcPoint.generator(Curve.P_256);
        points.add(generator);
        while (points.size() < KEYS) {
            points.add(points.get(points.size() - 1).add(generator).orElseThrow());
        }
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        EcPoint point = points.get(next.getAndIncrement() % KEYS);
        return new CustodyKey(PublicJwk.of(label.role(), point), new byte[0]);
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        return point;
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        return new byte[64];
    }

    @Override
    public String fingerprint() {
        return "0".repeat(64);
    }
}
