package io.panocrypt.policy;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened of which people are told, as the outbox keeps it.
 *
 * @param key what it is, so that who was told of it once is not told again
 * @param types what it means; one commit may mean several things
 * @param time when
 * @param deviceId the device
 * @param deviceName its name at that time
 * @param source the address that asked
 * @param requestId the approval request
 * @param since since when that waits
 * @param actor the member who did it, who need not be told
 * @param members those whom it concerns, where who that is was known only then
 * @param detail a few words more, empty for none
 */
record Occurrence(
        String key,
        List<EventType> types,
        Instant time,
        Optional<String> deviceId,
        Optional<String> deviceName,
        Optional<String> source,
        Optional<String> requestId,
        Optional<Instant> since,
        Optional<String> actor,
        List<String> members,
        String detail) {
    Occurrence {
        types = List.copyOf(types);
        members = List.copyOf(members);
    }

    /** Something of which nothing more is known. */
    static Occurrence of(String key, EventType type, Instant time) {
        return new Occurrence(
                key,
                List.of(type),
                time,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                "");
    }

    Occurrence withTypes(List<EventType> newTypes) {
        return new Occurrence(
                key, newTypes, time, deviceId, deviceName, source, requestId, since, actor, members, detail);
    }

    Occurrence withKey(String newKey) {
        return new Occurrence(
                newKey, types, time, deviceId, deviceName, source, requestId, since, actor, members, detail);
    }

    Occurrence about(Device device) {
        return new Occurrence(
                key,
                types,
                time,
                Optional.of(device.id()),
                Optional.of(device.name()),
                source,
                requestId,
                since,
                actor,
                members,
                detail);
    }

    Occurrence from(Optional<String> address) {
        return new Occurrence(
                key, types, time, deviceId, deviceName, address, requestId, since, actor, members, detail);
    }

    Occurrence about(ApprovalRequest request) {
        return new Occurrence(
                key,
                types,
                time,
                deviceId,
                deviceName,
                Optional.of(request.source().toString()),
                Optional.of(request.id()),
                Optional.of(request.since()),
                actor,
                members,
                detail);
    }

    Occurrence by(Actor who) {
        return new Occurrence(
                key,
                types,
                time,
                deviceId,
                deviceName,
                source,
                requestId,
                since,
                Optional.of(who.id()),
                members,
                detail);
    }

    Occurrence concerning(List<String> whom) {
        return new Occurrence(key, types, time, deviceId, deviceName, source, requestId, since, actor, whom, detail);
    }

    Occurrence saying(String words) {
        return new Occurrence(key, types, time, deviceId, deviceName, source, requestId, since, actor, members, words);
    }

    /** What it is about, as far as the order of notices matters: a request, else a device, else only itself. */
    String subject() {
        return requestId.or(() -> deviceId).orElse(key);
    }
}
