package io.panocrypt.policy.internal.edit;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Turns the keys of a Tang server into a device's generations. Thread-safe. */
final class KeyImport {
    /** Limits the size of the device's record. */
    static final int MAX_KEYS = 64;

    private final KeyCustody custody;

    KeyImport(KeyCustody custody) {
        this.custody = custody;
    }

    /**
     * The keys by role, oldest first.
     *
     * @param advertised the newest visible key of each role; empty if there is none
     */
    private record Keys(
            Optional<PrivateJwk> advertisedSigning,
            Optional<PrivateJwk> advertisedExchange,
            List<PrivateJwk> signing,
            List<PrivateJwk> exchange) {
        static Keys of(List<PrivateJwk> visible, List<PrivateJwk> hidden) {
            return new Keys(
                    newest(visible, KeyRole.SIGNING),
                    newest(visible, KeyRole.EXCHANGE),
                    others(visible, hidden, KeyRole.SIGNING),
                    others(visible, hidden, KeyRole.EXCHANGE));
        }

        private static Optional<PrivateJwk> newest(List<PrivateJwk> visible, KeyRole role) {
            return ofRole(visible, role).reduce((older, newer) -> newer);
        }

        private static List<PrivateJwk> others(List<PrivateJwk> visible, List<PrivateJwk> hidden, KeyRole role) {
            List<PrivateJwk> others = new ArrayList<>(
                    Stream.concat(ofRole(hidden, role), ofRole(visible, role)).toList());
            newest(visible, role).ifPresent(others::remove);
            return others;
        }

        private static Stream<PrivateJwk> ofRole(List<PrivateJwk> keys, KeyRole role) {
            return keys.stream().filter(key -> key.role() == role);
        }

        /** The curve of the keys that new bindings use. */
        Optional<Curve> curve() {
            return advertisedExchange.or(() -> advertisedSigning).map(PrivateJwk::curve);
        }
    }

    /** Refuses keys that make no device. */
    static void check(List<PrivateJwk> visible, List<PrivateJwk> hidden) {
        List<PrivateJwk> all = Stream.concat(visible.stream(), hidden.stream()).toList();
        List<String> problems = new ArrayList<>();
        if (all.stream().noneMatch(key -> key.role() == KeyRole.EXCHANGE)) {
            problems.add("keys must hold an exchange key: without one no disk is bound to them");
        }
        if (all.size() > MAX_KEYS) {
            problems.add("keys must not be more than " + MAX_KEYS);
        }
        Set<String> seen = new HashSet<>();
        all.stream()
                .map(key -> key.publicKey().kid())
                .filter(kid -> !seen.add(kid))
                .forEach(kid -> problems.add("keys must not hold the key " + kid + " twice"));
        Validation.refuse(problems);
    }

    /** The curve of the newest advertised keys; empty if there are none. */
    static Optional<Curve> curve(List<PrivateJwk> visible) {
        return Keys.of(visible, List.of()).curve();
    }

    /**
     * The device with these keys: the newest visible signing key and the newest visible exchange key are advertised. Each
     * generation has a key of both roles; one that lacks its counterpart gets a new one, to which nothing is bound.
     */
    StoredDevice make(Device proposed, List<PrivateJwk> visible, List<PrivateJwk> hidden, Instant now) {
        Keys keys = Keys.of(visible, hidden);
        int earlier = Math.max(keys.signing().size(), keys.exchange().size());
        StoredDevice made = new StoredDevice(proposed, List.of());
        for (int i = 0; i < earlier; i++) {
            made = made.with(
                    generation(
                            proposed,
                            i + 1,
                            fromEnd(keys.signing(), earlier - i),
                            fromEnd(keys.exchange(), earlier - i)),
                    now);
        }
        return made.with(generation(proposed, earlier + 1, keys.advertisedSigning(), keys.advertisedExchange()), now);
    }

    /** Aligns the lists at their newest keys, since directories usually lost old ones. */
    private static Optional<PrivateJwk> fromEnd(List<PrivateJwk> keys, int distance) {
        return distance > keys.size() ? Optional.empty() : Optional.of(keys.get(keys.size() - distance));
    }

    private SealedKeys generation(
            Device device, int number, Optional<PrivateJwk> signing, Optional<PrivateJwk> exchange) {
        Curve curve = exchange.or(() -> signing).map(PrivateJwk::curve).orElse(device.curve());
        return new SealedKeys(
                number,
                key(device.id(), number, KeyRole.SIGNING, curve, signing),
                key(device.id(), number, KeyRole.EXCHANGE, curve, exchange),
                SealedKeys.SITE);
    }

    private CustodyKey key(String deviceId, int generation, KeyRole role, Curve curve, Optional<PrivateJwk> given) {
        if (given.isEmpty()) {
            return custody.generate(new KeyLabel(deviceId, generation, role, curve));
        }
        PrivateJwk key = given.get();
        try {
            CustodyKey adopted = custody.adopt(new KeyLabel(deviceId, generation, role, key.curve()), key.pair());
            if (!adopted.publicKey().point().equals(key.publicKey().point())) {
                throw new CustodyException("it returned another key", null);
            }
            return asWritten(adopted, key.publicKey());
        } catch (CustodyException e) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the custody does not take in the key " + key.publicKey().kid() + ": " + e.getMessage());
        }
    }

    /** Disks name the key by the thumbprint of its written form, which may lack leading zeros. */
    private static CustodyKey asWritten(CustodyKey adopted, PublicJwk written) {
        return adopted.publicKey().kid().equals(written.kid()) ? adopted : new CustodyKey(written, adopted.sealed());
    }
}
