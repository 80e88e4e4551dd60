package io.panocrypt.policy.internal.event;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened and of which people are notified, as the outbox stores it.
 *
 * @param key identifies the event, so that nobody is notified of it twice
 * @param types what happened; one commit may be several events
 * @param time when it happened
 * @param deviceId the device
 * @param deviceName the device's name at that time
 * @param source the address of the attempt
 * @param requestId the approval request
 * @param since when the request was opened
 * @param actor the member who caused it, who is not notified
 * @param members the recipients, where they can only be determined at that time
 * @param detail further words; empty for none
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

    /** An event with only key, type and time. */
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

    /** The subject within which notices keep their order: the request, else the device, else the event itself. */
    public String subject() {
        return requestId.or(() -> deviceId).orElse(key);
    }
}
