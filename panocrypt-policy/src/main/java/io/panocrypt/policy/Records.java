package io.panocrypt.policy;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.spi.Grant;
import io.panocrypt.policy.spi.PolicyRecord;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns the model into the records that a store keeps, with the terms that they are found by, and back. */
final class Records {
    static final String DEVICE = PolicyRecord.DEVICE;
    static final String NETWORK_ACCESS_LIST = "network-access-list";
    static final String LOCKDOWN = "lockdown";
    static final String TEMPORARY_DENY = "temporary-deny";
    static final String MEMBER = "member";
    static final String SITE = "site";

    private Records() {}

    static String tokenTerm(String token) {
        return "token:" + token;
    }

    static String nameTerm(String name) {
        return "name:" + name;
    }

    static String tagTerm(String tag) {
        return "tag:" + tag;
    }

    static Set<String> tagTerms(Collection<String> tags) {
        return tags.stream().map(Records::tagTerm).collect(Collectors.toSet());
    }

    static String stateTerm(DeviceState state) {
        return "state:" + state.name().toLowerCase(Locale.ROOT);
    }

    static String listTerm(String listId) {
        return "list:" + listId;
    }

    static String deviceTerm(String deviceId) {
        return "device:" + deviceId;
    }

    static PolicyRecord of(Device device) {
        Set<String> terms = tagTerms(device.tags());
        terms.add(stateTerm(device.state()));
        Set<String> unique = new HashSet<>(Set.of(tokenTerm(device.token())));
        if (device.state() != DeviceState.REVOKED) {
            unique.add(nameTerm(device.name()));
            // A revoked device never reads its lists again and must not keep them from being deleted.
            device.networkAccessLists().forEach(list -> terms.add(listTerm(list)));
        }
        return new PolicyRecord(DEVICE, device.id(), device.version(), Json.write(device), unique, terms);
    }

    static PolicyRecord of(NetworkAccessList list) {
        return new PolicyRecord(
                NETWORK_ACCESS_LIST,
                list.id(),
                list.version(),
                Json.write(list),
                Set.of(nameTerm(list.name())),
                Set.of());
    }

    static PolicyRecord of(Lockdown lockdown) {
        return new PolicyRecord(LOCKDOWN, lockdown.id(), lockdown.version(), Json.write(lockdown), Set.of(), Set.of());
    }

    static PolicyRecord of(TemporaryDeny deny) {
        return new PolicyRecord(
                TEMPORARY_DENY,
                deny.id(),
                deny.version(),
                Json.write(deny),
                Set.of(),
                Set.of(deviceTerm(deny.deviceId())));
    }

    static PolicyRecord of(Member member) {
        return new PolicyRecord(
                MEMBER,
                member.id(),
                member.version(),
                Json.write(member),
                Set.of(nameTerm(member.name()), tokenTerm(member.tokenHash())),
                Set.of());
    }

    static <T> T read(PolicyRecord record, Class<T> type) {
        return Json.read(record.body(), type);
    }

    static Grant of(Allowance allowance) {
        return new Grant(
                allowance.id(),
                allowance.deviceId(),
                allowance.uses(),
                allowance.usesLeft(),
                allowance.created(),
                allowance.expires(),
                Json.write(allowance));
    }

    /** The columns win over the body: only they change when a use is spent. */
    static Allowance allowance(Grant grant) {
        Allowance granted = Json.read(grant.body(), Allowance.class);
        return new Allowance(
                grant.id(),
                grant.deviceId(),
                grant.uses(),
                grant.usesLeft(),
                granted.skips(),
                granted.source(),
                granted.anySource(),
                granted.grantedBy(),
                grant.created(),
                grant.expires());
    }
}
