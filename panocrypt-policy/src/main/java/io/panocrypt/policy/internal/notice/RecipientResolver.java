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
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who is told of what, as members, groups and webhooks are at that moment. Thread-safe. */
public final class RecipientResolver {
    private final PolicyStore store;
    private final PolicyCache policy;
    private final ClosedContacts closed;
    private final Duration silence;

    /** @param silence how long an approver who defers hears nothing about the request */
    public RecipientResolver(PolicyStore store, PolicyCache policy, ClosedContacts closed, Duration silence) {
        this.store = store;
        this.policy = policy;
        this.closed = closed;
        this.silence = silence;
    }

    /** Everybody who is to be told, at each of their contacts. */
    List<Recipient> of(EventType type, DomainEvent what) {
        Stream<Recipient> people = audience(type, what).stream()
                .filter(id -> what.actor().filter(id::equals).isEmpty())
                .flatMap(id -> member(id).stream())
                .flatMap(member -> member.contacts().stream()
                        .map(contact -> new Recipient(Recipient.Kind.MEMBER, member.id(), contact)));
        Stream<Recipient> programs = PolicyCache.scanAll(store, RecordMapper.WEBHOOK, null).stream()
                .flatMap(found -> RecordMapper.readIfReadable(found, StoredWebhook.class).stream())
                .map(StoredWebhook::webhook)
                .filter(webhook -> webhook.wants(type))
                .map(RecipientResolver::recipient);
        return Stream.concat(people, programs)
                .filter(recipient -> !closed.isClosed(recipient.contact()))
                .toList();
    }

    /** Whether somebody who was to be told still is. */
    boolean isStill(EventType type, DomainEvent what, Recipient recipient) {
        return recipient.kind() == Recipient.Kind.WEBHOOK
                ? store.get(RecordMapper.WEBHOOK, recipient.id())
                        .map(found ->
                                RecordMapper.read(found, StoredWebhook.class).webhook())
                        .filter(webhook -> webhook.wants(type)
                                && recipient(webhook).contact().equals(recipient.contact()))
                        .isPresent()
                : audience(type, what).contains(recipient.id())
                        && member(recipient.id())
                                .filter(member -> member.contacts().contains(recipient.contact()))
                                .isPresent();
    }

    public static Recipient recipient(Webhook webhook) {
        return new Recipient(Recipient.Kind.WEBHOOK, webhook.id(), webhook.url().toString());
    }

    /** Until when an approver who has deferred the request hears nothing about it. */
    Optional<Instant> silentUntil(DomainEvent what, Recipient recipient) {
        if (recipient.kind() == Recipient.Kind.WEBHOOK) {
            return Optional.empty();
        }
        return what.requestId()
                .flatMap(id -> store.get(RecordMapper.REQUEST, id))
                .map(found -> RecordMapper.read(found, ApprovalRequest.class))
                .flatMap(request -> request.votes().stream()
                        .filter(vote -> vote.memberId().equals(recipient.id()) && vote.verdict() == Verdict.DEFER)
                        .map(vote -> vote.time().plus(silence))
                        .findFirst());
    }

    private Set<String> audience(EventType type, DomainEvent what) {
        return switch (type) {
            case REQUEST_OPENED, REQUEST_MANY, REQUEST_APPROVED, REQUEST_DENIED, REQUEST_WITHDRAWN -> approvers(what);
            case REQUEST_COLLECTED -> {
                Set<String> effective = approvers(what);
                yield what.members().stream().filter(effective::contains).collect(Collectors.toSet());
            }
            case APPROVAL_REMOVED -> Set.copyOf(what.members());
            default -> administrators();
        };
    }

    private Set<String> approvers(DomainEvent what) {
        return what.deviceId()
                .flatMap(id -> store.get(RecordMapper.DEVICE, id))
                .map(found -> RecordMapper.read(found, Device.class))
                .map(device -> policy.current().approval(device).approvers())
                .orElse(Set.of());
    }

    private Set<String> administrators() {
        return PolicyCache.scanAll(store, RecordMapper.MEMBER, null).stream()
                .flatMap(found -> RecordMapper.readIfReadable(found, Member.class).stream())
                .filter(member -> member.role() == Role.ADMIN)
                .map(Member::id)
                .collect(Collectors.toSet());
    }

    private Optional<Member> member(String id) {
        return store.get(RecordMapper.MEMBER, id).flatMap(found -> RecordMapper.readIfReadable(found, Member.class));
    }
}
