package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.DeviceFactory;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.internal.records.DeviceAudit;
import io.panocrypt.policy.internal.records.EnrollmentKeyAudit;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.records.StoredEnrollmentKey;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The keys with which machines enrol themselves. Thread-safe; throws as {@link Devices} does. */
public final class EnrollmentKeys {
    private static final int MAX_USES = 10_000;
    /** Whoever was faster has spent a use of the key, so that nobody need be told to try again. */
    private static final int ATTEMPTS = 2 * MAX_USES;

    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration MAX = Duration.ofDays(366);

    private final PolicyStore store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    /** A lock and not a monitor, so that no virtual thread is pinned while the store is waited for. */
    private final ReentrantLock enrolling = new ReentrantLock();

    private final Devices devices;
    private final DeviceFactory maker;

    EnrollmentKeys(
            PolicyStore store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Devices devices,
            DeviceFactory maker) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.devices = devices;
        this.maker = maker;
    }

    /**
     * A key and its secret, which was just made.
     *
     * @param secret told once: it is not stored
     */
    public record Issued(EnrollmentKey key, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Issued[" + key + "]";
        }
    }

    /** Makes a key; a device with its defaults must keep the rules for devices. */
    public Issued create(Actor actor, EnrollmentKeyRequest wanted) {
        int uses = Objects.requireNonNullElse(wanted.uses(), 1);
        Duration life = Objects.requireNonNullElse(wanted.expiresIn(), LIFE);
        DeviceState state = Objects.requireNonNullElse(wanted.initialState(), DeviceState.ACTIVE);
        check(uses, life, state);
        String secret = ids.token();
        Device sample = maker.propose(wanted.device().withName(wanted.name()), state);
        boolean registers = Objects.requireNonNullElse(wanted.registerSource(), false);
        if (registers && sample.sources().size() == Validation.MAX_CIDRS) {
            throw new OperationException(OperationException.Kind.INVALID, "no room for the registered source");
        }
        EnrollmentKey made = new EnrollmentKey(
                ids.next(),
                wanted.name(),
                uses,
                uses,
                clock.instant(),
                clock.instant().plusMillis(life.toMillis()),
                registers,
                state,
                sample.volumes(),
                sample.tags(),
                sample.sources().stream().map(SourceRule::cidr).toList(),
                sample.networkAccessLists(),
                sample.requireApproval(),
                sample.acknowledgeOpen(),
                sample.notes(),
                sample.curve(),
                1);
        PolicyEditor.Draft draft = draft(actor, "enrollment-key.create", null, made)
                .put(RecordMapper.of(new StoredEnrollmentKey(made, TokenHash.of(secret))));
        editor.apply(maker.requireLists(draft, sample, true));
        return new Issued(made, secret);
    }

    private static void check(int uses, Duration life, DeviceState state) {
        List<String> problems = new ArrayList<>();
        if (uses < 1 || uses > MAX_USES) {
            problems.add("uses must be 1 to " + MAX_USES);
        }
        if (life.isNegative() || life.isZero() || life.compareTo(MAX) > 0) {
            problems.add("an enrollment key lasts more than nothing and at most " + MAX.toDays() + " days");
        }
        if (state != DeviceState.ACTIVE && state != DeviceState.PENDING) {
            problems.add("initialState must be active or pending");
        }
        Validation.refuse(problems);
    }

    /** The key with that secret, if it still enrols. */
    public Optional<EnrollmentKey> authenticate(String secret) {
        return stored(secret).map(StoredEnrollmentKey::key);
    }

    private Optional<StoredEnrollmentKey> stored(String secret) {
        return store.find(RecordMapper.ENROLLMENT_KEY, RecordMapper.tokenTerm(TokenHash.of(secret)))
                .map(found -> RecordMapper.read(found, StoredEnrollmentKey.class))
                .filter(stored -> stored.key().isValidAt(clock.instant()));
    }

    /** The key with that id, also when it is spent or has expired. */
    public EnrollmentKey get(String id) {
        return ofId(id).key();
    }

    private StoredEnrollmentKey ofId(String id) {
        return store.get(RecordMapper.ENROLLMENT_KEY, id)
                .map(found -> RecordMapper.read(found, StoredEnrollmentKey.class))
                .orElseThrow(() -> OperationException.notFound("enrollment key"));
    }

    /** Keys by age, oldest first, until they are revoked. */
    public Page<EnrollmentKey> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.ENROLLMENT_KEY, null, cursor, limit), limit, EnrollmentKey.class);
    }

    /** Removes a key: once this has returned it enrols nothing more. What it has enrolled stays. */
    public void revoke(Actor actor, String id) {
        editor.retrying(
                ATTEMPTS,
                () -> ofId(id),
                before -> new Edit<>(
                        draft(actor, "enrollment-key.revoke", before.key(), null)
                                .delete(RecordMapper.of(before)),
                        before));
    }

    /** What deserves a second look in the devices that it enrols. */
    public List<String> warnings(EnrollmentKey key) {
        return devices.warnings(maker.sample(defaults(key, key.name()))).stream()
                .filter(warning -> !key.registerSource() || !warning.equals(Validation.NO_SOURCES))
                .toList();
    }

    /**
     * Makes a device of a machine that calls with a key's secret, and spends a use, both or neither.
     *
     * @return empty if no key with that secret enrols any more
     */
    Optional<Device> enroll(EnrollmentAttempt attempt) {
        Optional<EnrollmentKey> key = authenticate(attempt.secret());
        if (key.isEmpty()) {
            return Optional.empty();
        }
        StoredDevice made = maker.make(proposal(key.get(), attempt));
        try {
            commit(attempt, made);
            return Optional.of(made.device());
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static DeviceChange defaults(EnrollmentKey key, String name) {
        return new DeviceChange(
                name,
                key.tags(),
                key.sources(),
                key.networkAccessLists(),
                key.requireApproval(),
                key.acknowledgeOpen(),
                key.volumes(),
                key.notes(),
                key.curve());
    }

    private Device proposal(EnrollmentKey key, EnrollmentAttempt attempt) {
        if (key.registerSource() && (attempt.sourceInDoubt() || attempt.source().isEmpty())) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the source cannot be registered: a proxy that is not configured here stands in between");
        }
        Device proposed = maker.propose(defaults(key, attempt.name()), key.initialState());
        return key.registerSource()
                ? registered(proposed, Cidr.of(attempt.source().orElseThrow()))
                : proposed;
    }

    private static Device registered(Device device, Cidr source) {
        List<SourceRule> rules = new ArrayList<>(device.sources());
        rules.removeIf(rule -> rule.cidr().equals(source));
        rules.add(new SourceRule(source, true));
        return device.withSources(rules);
    }

    /** One at a time: threads that spend one key's uses would only make each other try again. */
    private void commit(EnrollmentAttempt attempt, StoredDevice made) {
        enrolling.lock();
        try {
            editor.retrying(
                    ATTEMPTS,
                    () -> stored(attempt.secret()).orElseThrow(() -> OperationException.notFound("enrollment key")),
                    key -> new Edit<>(
                            maker.draft(
                                            Actor.of(key.key()),
                                            "device.enroll",
                                            made,
                                            new EnrollmentAudit(
                                                    key.key().name(), attempt.source(), DeviceAudit.of(made.device())))
                                    .put(RecordMapper.of(key.spend())),
                            made));
        } finally {
            enrolling.unlock();
        }
    }

    /** What the audit keeps of an enrolment: which key, who called, and what became of it. */
    private record EnrollmentAudit(String enrollmentKey, Optional<IpAddress> source, DeviceAudit device) {}

    private PolicyEditor.Draft draft(
            Actor actor, String action, @Nullable EnrollmentKey before, @Nullable EnrollmentKey after) {
        String id = Objects.requireNonNull(after == null ? before : after).id();
        return editor.draft(
                actor,
                action,
                RecordMapper.ENROLLMENT_KEY,
                id,
                EnrollmentKeyAudit.of(before),
                EnrollmentKeyAudit.of(after));
    }
}
