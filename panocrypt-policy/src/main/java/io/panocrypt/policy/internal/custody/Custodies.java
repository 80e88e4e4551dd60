package io.panocrypt.policy.internal.custody;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The custodies that this node has, by name.
 *
 * @param named all of them, the site's own under {@link SealedKeys#SITE}
 * @param standard the name of the one for devices that want none
 */
public record Custodies(Map<String, KeyCustody> named, String standard) {
    public Custodies {
        named = new LinkedHashMap<>(named);
    }

    /** Only the site's own. */
    public static Custodies of(KeyCustody site) {
        return new Custodies(Map.of(SealedKeys.SITE, site), SealedKeys.SITE);
    }

    /** The same with another custody as the site's own. */
    public Custodies withSite(KeyCustody site) {
        Map<String, KeyCustody> all = new LinkedHashMap<>(named);
        all.put(SealedKeys.SITE, site);
        return new Custodies(all, standard);
    }

    public boolean has(String name) {
        return named.containsKey(name);
    }

    public Optional<KeyCustody> find(String name) {
        return Optional.ofNullable(named.get(name));
    }

    /** @throws CustodyException if this node has no custody of that name */
    public KeyCustody get(String name) {
        return find(name)
                .orElseThrow(() -> new CustodyException("custody " + name + " is not configured on this node", null));
    }

    /** Where the device's next generation of keys is made. */
    public String next(Device device) {
        return device.custody().orElse(standard);
    }

    /** Whether keys under that name may have to be destroyed; so it is with those of a custody that this node lacks. */
    public boolean mayHoldKeys(String name) {
        return find(name).map(KeyCustody::holdsKeys).orElse(true);
    }

    public boolean holdsKeys() {
        return named.values().stream().anyMatch(KeyCustody::holdsKeys);
    }

    /** Whether an operator may choose that custody. */
    public boolean isChoice(String name) {
        return name.equals(DeviceChange.DEFAULT_CUSTODY) || has(name);
    }

    /** What an operator may choose, for messages. */
    public String choices() {
        return String.join(
                ", ",
                Stream.concat(Stream.of(DeviceChange.DEFAULT_CUSTODY), named.keySet().stream())
                        .sorted()
                        .toList());
    }

    /** Warnings about a device with keys that this node cannot use, or that it cannot make. */
    public List<String> warnings(Device device) {
        List<String> warnings = new ArrayList<>();
        device.keys().stream()
                .map(DeviceKey::custody)
                .distinct()
                .filter(name -> !has(name))
                .forEach(name -> warnings.add("keys are in custody " + name
                        + ", which is not configured on this node: it does not answer for them"));
        device.custody()
                .filter(name -> !has(name))
                .ifPresent(name -> warnings.add("the next keys are for custody " + name
                        + ", which is not configured on this node: it cannot rotate them"));
        return warnings;
    }

    /** Why a custody cannot be used now, in words that are safe to publish. */
    public Optional<String> unreadyReason() {
        return named.values().stream()
                .flatMap(custody -> custody.unreadyReason().stream())
                .findFirst();
    }
}
