package io.panocrypt.policy.internal.masterkey;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.spi.store.Store;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The custody as a site uses it: new keys are sealed under the master key that the site names, which may be a previous one
 * of this node, because other nodes may not have the newer one yet. Thread-safe.
 */
public final class SiteCustody implements KeyCustody {
    private final KeyCustody custody;
    private final Store store;

    public SiteCustody(KeyCustody custody, Store store) {
        this.custody = custody;
        this.store = store;
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        return underTheSites(label, () -> custody.generate(label));
    }

    @Override
    public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
        return underTheSites(label, () -> custody.adopt(label, pair));
    }

    private CustodyKey underTheSites(KeyLabel label, Supplier<CustodyKey> maker) {
        Optional<SiteIdentity> site = SiteIdentity.find(store);
        site.flatMap(found -> found.problemOf(custody)).ifPresent(problem -> {
            throw new CustodyException(problem, null);
        });
        CustodyKey made = maker.get();
        return site.map(found -> custody.rewrap(label, made, found.custody())).orElse(made);
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        return custody.exchange(label, key, point);
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        return custody.sign(label, key, input);
    }

    @Override
    public String fingerprint() {
        return custody.fingerprint();
    }

    @Override
    public Set<String> fingerprints() {
        return custody.fingerprints();
    }

    @Override
    public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
        return custody.rewrap(label, key, fingerprint);
    }

    @Override
    public boolean holdsKeys() {
        return custody.holdsKeys();
    }

    @Override
    public void destroy(KeyLabel label, CustodyKey key) {
        custody.destroy(label, key);
    }

    @Override
    public Optional<String> unreadyReason() {
        return custody.unreadyReason();
    }
}
