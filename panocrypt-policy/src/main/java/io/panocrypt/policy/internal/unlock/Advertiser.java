package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.DeviceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Signs a device's advertisement, once for each state of its keys. Thread-safe. */
public final class Advertiser {
    /** About 2 KiB each. */
    private static final int MAX_CACHED = 4096;

    private final Custodies custodies;
    private final Map<List<String>, byte[]> signed = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, byte[]> eldest) {
            return size() > MAX_CACHED;
        }
    };

    public Advertiser(Custodies custodies) {
        this.custodies = custodies;
    }

    /**
     * The device's advertisement.
     *
     * @param thumbprint of a signing key, hidden ones included, that signs too; null for none
     * @return empty if no signing key has that thumbprint, or the device has no keys
     */
    public Optional<byte[]> advertisement(StoredDevice stored, @Nullable String thumbprint) {
        Set<Integer> advertised =
                stored.device().advertised().stream().map(DeviceKey::generation).collect(Collectors.toSet());
        List<SealedKeys> shown = stored.keys().stream()
                .filter(key -> advertised.contains(key.generation()))
                .toList();
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        List<SealedKeys> signers = new ArrayList<>(shown);
        if (thumbprint != null) {
            Optional<SealedKeys> named = stored.keys().stream()
                    .filter(key -> key.signing().publicKey().hasThumbprint(thumbprint))
                    .findFirst();
            if (named.isEmpty()) {
                return Optional.empty();
            }
            if (!signers.contains(named.get())) {
                signers.add(named.get());
            }
        }
        return Optional.of(cached(stored.device().id(), shown, signers));
    }

    private byte[] cached(String deviceId, List<SealedKeys> shown, List<SealedKeys> signers) {
        List<String> state = Stream.concat(
                        shown.stream().map(key -> key.exchange().publicKey().kid()),
                        signers.stream().map(key -> key.signing().publicKey().kid()))
                .toList();
        synchronized (signed) {
            byte[] known = signed.get(state);
            if (known != null) {
                return known;
            }
        }
        byte[] advertisement = sign(deviceId, shown, signers);
        synchronized (signed) {
            signed.put(state, advertisement);
        }
        return advertisement;
    }

    private byte[] sign(String deviceId, List<SealedKeys> shown, List<SealedKeys> signers) {
        List<PublicJwk> keys = shown.stream()
                .flatMap(key -> List.of(key.exchange(), key.signing()).stream())
                .map(CustodyKey::publicKey)
                .toList();
        return Advertisement.sign(
                keys, signers.stream().map(key -> new Signer(deviceId, key)).toList());
    }

    /** A device's signing key in custody. */
    private final class Signer implements JwsSigner {
        private final KeyLabel label;
        private final CustodyKey key;
        private final String custody;

        Signer(String deviceId, SealedKeys generation) {
            this.key = generation.signing();
            this.custody = generation.custody();
            this.label = new KeyLabel(
                    deviceId,
                    generation.generation(),
                    KeyRole.SIGNING,
                    key.publicKey().point().curve());
        }

        @Override
        public PublicJwk key() {
            return key.publicKey();
        }

        @Override
        public byte[] sign(byte[] signingInput) {
            return custodies.get(custody).sign(label, key, signingInput);
        }
    }
}
