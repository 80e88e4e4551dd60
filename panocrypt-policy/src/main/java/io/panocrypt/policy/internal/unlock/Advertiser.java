package io.panocrypt.policy.internal.unlock;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signs a device's advertisement, once for each state of its keys. Thread-safe. */
public final class Advertiser {
    /** About 2 KiB each. */
    private static final int MAX_CACHED = 4096;

    private final KeyCustody custody;
    private final Map<List<String>, byte[]> signed = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, byte[]> eldest) {
            return size() > MAX_CACHED;
        }
    };

    public Advertiser(KeyCustody custody) {
        this.custody = custody;
    }

    /**
     * The device's advertisement.
     *
     * @param thumbprint of a signing key, hidden ones included, that signs too; null for none
     * @return empty if no signing key has that thumbprint, or the device has no keys
     */
    public Optional<byte[]> advertisement(Device device, @Nullable String thumbprint) {
        List<DeviceKey> signers = new ArrayList<>(device.advertised());
        if (signers.isEmpty()) {
            return Optional.empty();
        }
        if (thumbprint != null) {
            Optional<DeviceKey> named = device.keys().stream()
                    .filter(key -> key.signing().publicKey().hasThumbprint(thumbprint))
                    .findFirst();
            if (named.isEmpty()) {
                return Optional.empty();
            }
            if (!signers.contains(named.get())) {
                signers.add(named.get());
            }
        }
        return Optional.of(cached(device, signers));
    }

    private byte[] cached(Device device, List<DeviceKey> signers) {
        List<String> state =
                signers.stream().map(key -> key.signing().publicKey().kid()).toList();
        synchronized (signed) {
            byte[] known = signed.get(state);
            if (known != null) {
                return known;
            }
        }
        byte[] advertisement = sign(device, signers);
        synchronized (signed) {
            signed.put(state, advertisement);
        }
        return advertisement;
    }

    private byte[] sign(Device device, List<DeviceKey> signers) {
        List<PublicJwk> keys = device.advertised().stream()
                .flatMap(key -> List.of(key.exchange(), key.signing()).stream())
                .map(CustodyKey::publicKey)
                .toList();
        return Advertisement.sign(
                keys, signers.stream().map(key -> new Signer(device.id(), key)).toList());
    }

    /** A device's signing key in custody. */
    private final class Signer implements JwsSigner {
        private final KeyLabel label;
        private final CustodyKey key;

        Signer(String deviceId, DeviceKey generation) {
            this.key = generation.signing();
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
            return custody.sign(label, key, signingInput);
        }
    }
}
