package io.panocrypt.policy.internal.event;

import io.panocrypt.policy.model.Actor;
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
public record DomainEvent(
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
    public DomainEvent {
        types = List.copyOf(types);
        members = List.copyOf(members);
    }

    /** Something of which nothing more is known. */
    public static DomainEvent of(String key, EventType type, Instant time) {
        return new DomainEvent(
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

    public DomainEvent withTypes(List<EventType> newTypes) {
        return new DomainEvent(
                key, newTypes, time, deviceId, deviceName, source, requestId, since, actor, members, detail);
    }

    public DomainEvent withKey(String newKey) {
        return new DomainEvent(
                newKey, types, time, deviceId, deviceName, source, requestId, since, actor, members, detail);
    }

    public DomainEvent about(Device device) {
        return new DomainEvent(
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

    public DomainEvent from(Optional<String> address) {
        return new DomainEvent(
                key, types, time, deviceId, deviceName, address, requestId, since, actor, members, detail);
    }

    public DomainEvent about(ApprovalRequest request) {
        return new DomainEvent(
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

    public DomainEvent by(Actor who) {
        return new DomainEvent(
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

    public DomainEvent concerning(List<String> whom) {
        return new DomainEvent(key, types, time, deviceId, deviceName, source, requestId, since, actor, whom, detail);
    }

    public DomainEvent saying(String words) {
        return new DomainEvent(key, types, time, deviceId, deviceName, source, requestId, since, actor, members, words);
    }

    /** What it is about, as far as the order of notices matters: a request, else a device, else only itself. */
    public String subject() {
        return requestId.or(() -> deviceId).orElse(key);
    }
}
