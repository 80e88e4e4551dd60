package io.panocrypt.policy.internal.records;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Converts the model to stored records, with the terms by which they are found, and back. */
public final class RecordMapper {
    public static final String DEVICE = PolicyRecord.DEVICE;
    public static final String NETWORK_ACCESS_LIST = "network-access-list";
    public static final String LOCKDOWN = "lockdown";
    public static final String TEMPORARY_DENY = "temporary-deny";
    public static final String MEMBER = "member";
    public static final String USER_GROUP = "user-group";
    public static final String APPROVAL_GROUP = "approval-group";
    public static final String REQUEST = PolicyRecord.REQUEST;
    public static final String ENROLLMENT_KEY = "enrollment-key";
    public static final String WEBHOOK = "webhook";
    public static final String CLOSED_CONTACT = "closed-contact";
    public static final String KNOWN_SOURCE = "known-source";
    /** When a device last said that it runs. */
    public static final String ALIVE = "alive";
    /** Keys that are still to be destroyed in their custody. */
    public static final String KEY_REMOVAL = "key-removal";

    /** Which master keys a running node can use. */
    public static final String NODE = "node";
    /** When the generations of a device's keys were last requested. */
    public static final String KEY_USE = "key-use";
    /** How far the journal was read for these. */
    public static final String KEY_USE_INDEX = "key-use-index";
    /** A rotation or destruction of many devices' keys. */
    public static final String KEY_JOB = "key-job";
    /** A member's session in a browser. */
    public static final String SESSION = "session";

    public static final String PASSKEY = "passkey";
    /** A challenge for a passkey, or a one-time link for a first one. */
    public static final String CHALLENGE = "passkey-challenge";

    public static final String SITE = "site";
    public static final String CUT = "cut";
    public static final String TALLY = "tally";
    public static final String TRIAL = "trial";
    public static final String FENCE = "fence";
    /** The unique term of the administrator that the host created. */
    public static final String FIRST_ADMINISTRATOR = "first-administrator";
    /**
     * The name of the first administrator, and the prefix of its id. Ids with it share a unique term, so only one exists.
     */
    public static final String FIRST_ADMINISTRATOR_ID = "administrator";
    /** The term of requests that are stored as open; time may have ended them. */
    public static final String OPEN = "open";

    /** The states that a request stored in a state may have by now; none is ever left and entered again. */
    private static final Map<State, Set<State>> BECOMES = Map.of(
            State.PENDING, Set.of(State.PENDING, State.EXPIRED),
            State.APPROVED, Set.of(State.APPROVED, State.EXPIRED),
            State.COLLECTED, Set.of(State.COLLECTED),
            State.DENIED, Set.of(State.DENIED),
            State.EXPIRED, Set.of(State.EXPIRED));

    private RecordMapper() {}

    public static String tokenTerm(String token) {
        return "token:" + token;
    }

    /** A hash, because a subject may be longer than a term. */
    public static String identityTerm(ExternalIdentity identity) {
        return "identity:" + Digest.hex(identity.directory() + ":" + identity.subject());
    }

    public static String nameTerm(String name) {
        return Store.NAME + name;
    }

    public static String tagTerm(String tag) {
        return "tag:" + tag;
    }

    public static Set<String> tagTerms(Collection<String> tags) {
        return tags.stream().map(RecordMapper::tagTerm).collect(Collectors.toSet());
    }

    public static String stateTerm(DeviceState state) {
        return "state:" + state.name().toLowerCase(Locale.ROOT);
    }

    public static String listTerm(String listId) {
        return "list:" + listId;
    }

    public static String deviceTerm(String deviceId) {
        return "device:" + deviceId;
    }

    public static String chainTerm(String chain) {
        return "chain:" + chain;
    }

    public static PolicyRecord of(StoredDevice stored) {
        Device device = stored.device();
        Set<String> terms = tagTerms(device.tags());
        terms.add(stateTerm(device.state()));
        Set<String> unique = new HashSet<>(Set.of(tokenTerm(device.token())));
        if (device.state() != DeviceState.REVOKED) {
            unique.add(nameTerm(device.name()));
            // A revoked device never reads its lists again, and must not block their deletion.
            device.networkAccessLists().forEach(list -> terms.add(listTerm(list)));
        }
        return new PolicyRecord(DEVICE, device.id(), device.version(), Json.write(stored), unique, terms);
    }

    public static PolicyRecord of(KeyRemoval removal) {
        return new PolicyRecord(KEY_REMOVAL, removal.id(), 1, Json.write(removal), Set.of(), Set.of());
    }

    public static PolicyRecord of(NetworkAccessList list) {
        return new PolicyRecord(
                NETWORK_ACCESS_LIST,
                list.id(),
                list.version(),
                Json.write(list),
                Set.of(nameTerm(list.name())),
                Set.of());
    }

    public static PolicyRecord of(Lockdown lockdown) {
        return new PolicyRecord(LOCKDOWN, lockdown.id(), lockdown.version(), Json.write(lockdown), Set.of(), Set.of());
    }

    public static PolicyRecord of(TemporaryDeny deny) {
        return new PolicyRecord(
                TEMPORARY_DENY,
                deny.id(),
                deny.version(),
                Json.write(deny),
                Set.of(),
                Set.of(deviceTerm(deny.deviceId())));
    }

    public static PolicyRecord of(StoredMember stored) {
        Member member = stored.member();
        String tokenHash = stored.tokenHash();
        Set<String> unique = new HashSet<>(Set.of(
                nameTerm(member.name()),
                tokenHash == null ? identityTerm(member.external().orElseThrow()) : tokenTerm(tokenHash)));
        if (isFirstAdministrator(member.id())) {
            unique.add(FIRST_ADMINISTRATOR);
        }
        return new PolicyRecord(MEMBER, member.id(), member.version(), Json.write(stored), unique, Set.of());
    }

    /** Whether it is the id of an administrator that the host created. */
    private static boolean isFirstAdministrator(String id) {
        return id.equals(FIRST_ADMINISTRATOR_ID) || id.startsWith(FIRST_ADMINISTRATOR_ID + "-");
    }

    public static PolicyRecord of(UserGroup group) {
        return new PolicyRecord(
                USER_GROUP, group.id(), group.version(), Json.write(group), Set.of(nameTerm(group.name())), Set.of());
    }

    public static PolicyRecord of(ApprovalGroup group) {
        return new PolicyRecord(
                APPROVAL_GROUP,
                group.id(),
                group.version(),
                Json.write(new StoredApprovalGroup(group)),
                Set.of(nameTerm(group.name())),
                Set.of());
    }

    public static PolicyRecord of(StoredEnrollmentKey stored) {
        EnrollmentKey key = stored.key();
        return new PolicyRecord(
                ENROLLMENT_KEY,
                key.id(),
                key.version(),
                Json.write(stored),
                Set.of(nameTerm(key.name()), tokenTerm(stored.secretHash())),
                key.networkAccessLists().stream().map(RecordMapper::listTerm).collect(Collectors.toSet()));
    }

    /** The term of all requests that are in that state, or may be by now. */
    public static String stateTerm(State state) {
        return "state:" + state.name().toLowerCase(Locale.ROOT);
    }

    /** An open request: unique for its device and source, for its slot, and, in slots for anybody, for its /64. */
    public static PolicyRecord open(ApprovalRequest request) {
        Set<String> unique = new HashSet<>(Set.of(
                openTerm(request),
                "place:" + request.deviceId() + ":" + request.place().name().toLowerCase(Locale.ROOT)));
        if (request.place().isForAnybody()) {
            unique.add("site:" + request.deviceId() + ":" + request.source().site());
        }
        Set<String> terms = terms(request);
        terms.add(request.deviceId());
        terms.add(OPEN);
        return request(request, unique, terms);
    }

    /** An ended request that decisions still read, because it records who collected when. */
    public static PolicyRecord remembered(ApprovalRequest request) {
        Set<String> terms = terms(request);
        terms.add(request.deviceId());
        return request(request, Set.of(openTerm(request)), terms);
    }

    private static String openTerm(ApprovalRequest request) {
        return "open:" + request.deviceId() + ":" + request.source();
    }

    /** A request that a person or an edit has ended. */
    public static PolicyRecord ended(ApprovalRequest request) {
        return request.collectedAt().isPresent() ? remembered(request) : closed(request);
    }

    /** An ended request that decisions no longer need; an open one is stored as expired. */
    public static PolicyRecord closed(ApprovalRequest request) {
        ApprovalRequest over = request.holdsPlace() ? request.withState(State.EXPIRED) : request;
        return request(over, Set.of(), terms(over));
    }

    private static Set<String> terms(ApprovalRequest request) {
        Set<String> terms = Objects.requireNonNull(BECOMES.get(request.state())).stream()
                .map(RecordMapper::stateTerm)
                .collect(Collectors.toCollection(HashSet::new));
        terms.add(deviceTerm(request.deviceId()));
        return terms;
    }

    private static PolicyRecord request(ApprovalRequest request, Set<String> unique, Set<String> terms) {
        return new PolicyRecord(REQUEST, request.id(), request.version(), Json.write(request), unique, terms);
    }

    /** @throws UnreadableRecordException with the record's kind and id */
    public static <T> T read(PolicyRecord record, Class<T> type) {
        try {
            return Json.read(record.body(), type);
        } catch (UnreadableRecordException e) {
            throw new UnreadableRecordException(record.kind() + " " + record.id());
        }
    }

    /** The record's value; empty if it is unreadable. For searches that may skip records. */
    public static <T> Optional<T> readIfReadable(PolicyRecord record, Class<T> type) {
        try {
            return Optional.of(read(record, type));
        } catch (UnreadableRecordException e) {
            return Optional.empty();
        }
    }

    public static Grant of(Allowance allowance) {
        return new Grant(
                allowance.id(),
                allowance.deviceId(),
                allowance.uses(),
                allowance.usesLeft(),
                allowance.created(),
                allowance.expires(),
                Json.write(allowance));
    }

    /** The body of an approval's grant; an allowance's body has more members. */
    private record ApprovalBody(String requestId) {}

    public static Grant ofApproval(ApprovalRequest request, int uses, Instant now) {
        return new Grant(
                request.grantId().orElseThrow(),
                request.deviceId(),
                uses,
                uses,
                now,
                request.windowEnd().orElseThrow(),
                Json.write(new ApprovalBody(request.id())));
    }

    /** Whether the grant is an allowance, as opposed to an approval. */
    public static boolean isAllowance(Grant grant) {
        try {
            return Json.has(grant.body(), "skips");
        } catch (UnreadableRecordException e) {
            throw unreadable(grant);
        }
    }

    private static Allowance read(Grant grant) {
        try {
            return Json.read(grant.body(), Allowance.class);
        } catch (UnreadableRecordException e) {
            throw unreadable(grant);
        }
    }

    private static UnreadableRecordException unreadable(Grant grant) {
        return new UnreadableRecordException("grant " + grant.id());
    }

    /** Reads an allowance. The grant's own values win over the body, because only they change when a use is spent. */
    public static Allowance allowance(Grant grant) {
        Allowance granted = read(grant);
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
