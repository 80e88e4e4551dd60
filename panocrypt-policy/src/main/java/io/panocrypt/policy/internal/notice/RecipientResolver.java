package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredWebhook;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the recipients of an event, from the present members, groups and webhooks. Thread-safe. */
public final class RecipientResolver {
    private final Store store;
    private final PolicyCache policy;
    private final ClosedContacts closed;
    private final Duration silence;

    /** @param silence how long an approver who defers is not notified of the request */
    public RecipientResolver(Store store, PolicyCache policy, ClosedContacts closed, Duration silence) {
        this.store = store;
        this.policy = policy;
        this.closed = closed;
        this.silence = silence;
    }

    /** All recipients, one for each contact; without the actor and without closed contacts. */
    List<Recipient> of(EventType type, DomainEvent event) {
        Stream<Recipient> people = audience(type, event).stream()
                .filter(id -> event.actor().filter(id::equals).isEmpty())
                .flatMap(id -> member(id).stream())
                .flatMap(member -> member.contacts().stream()
                        .map(contact -> new Recipient(Recipient.Kind.MEMBER, member.id(), contact)));
        Stream<Recipient> programs = PolicyCache.scanAll(store, RecordMapper.WEBHOOK, null).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, StoredWebhook.class).stream())
                .map(StoredWebhook::webhook)
                .filter(webhook -> webhook.wants(type))
                .map(RecipientResolver::recipient);
        return Stream.concat(people, programs)
                .filter(recipient -> !closed.isClosed(recipient.contact()))
                .toList();
    }

    /** Whether the recipient is still one. */
    boolean isStill(EventType type, DomainEvent event, Recipient recipient) {
        return recipient.kind() == Recipient.Kind.WEBHOOK
                ? store.get(RecordMapper.WEBHOOK, recipient.id())
                        .map(found ->
                                RecordMapper.read(found, StoredWebhook.class).webhook())
                        .filter(webhook -> webhook.wants(type)
                                && recipient(webhook).contact().equals(recipient.contact()))
                        .isPresent()
                : audience(type, event).contains(recipient.id())
                        && member(recipient.id())
                                .filter(member -> member.contacts().contains(recipient.contact()))
                                .isPresent();
    }

    public static Recipient recipient(Webhook webhook) {
        return new Recipient(Recipient.Kind.WEBHOOK, webhook.id(), webhook.url().toString());
    }

    /** Until when an approver who deferred the request is not notified of it. */
    Optional<Instant> silentUntil(DomainEvent event, Recipient recipient) {
        if (recipient.kind() == Recipient.Kind.WEBHOOK) {
            return Optional.empty();
        }
        return event.requestId()
                .flatMap(id -> store.get(RecordMapper.REQUEST, id))
                .map(record -> RecordMapper.read(record, ApprovalRequest.class))
                .flatMap(request -> request.votes().stream()
                        .filter(vote -> vote.memberId().equals(recipient.id()) && vote.verdict() == Verdict.DEFER)
                        .map(vote -> vote.time().plus(silence))
                        .findFirst());
    }

    private Set<String> audience(EventType type, DomainEvent event) {
        return switch (type) {
            case REQUEST_OPENED, REQUEST_MANY, REQUEST_APPROVED, REQUEST_DENIED, REQUEST_WITHDRAWN -> approvers(event);
            case REQUEST_COLLECTED -> {
                Set<String> effective = approvers(event);
                yield event.members().stream().filter(effective::contains).collect(Collectors.toSet());
            }
            case APPROVAL_REMOVED -> Set.copyOf(event.members());
            default -> administrators();
        };
    }

    private Set<String> approvers(DomainEvent event) {
        return event.deviceId()
                .flatMap(id -> store.get(RecordMapper.DEVICE, id))
                .map(record -> RecordMapper.read(record, Device.class))
                .map(device -> policy.current().approval(device).approvers())
                .orElse(Set.of());
    }

    private Set<String> administrators() {
        return PolicyCache.scanAll(store, RecordMapper.MEMBER, null).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, Member.class).stream())
                .filter(member -> member.role() == Role.ADMIN)
                .map(Member::id)
                .collect(Collectors.toSet());
    }

    private Optional<Member> member(String id) {
        return store.get(RecordMapper.MEMBER, id).flatMap(record -> RecordMapper.readIfReadable(record, Member.class));
    }
}
