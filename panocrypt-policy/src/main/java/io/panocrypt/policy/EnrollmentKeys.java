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
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Manages the keys with which machines enrol themselves. Thread-safe; throws as {@link Devices} does. */
public final class EnrollmentKeys {
    private static final int MAX_USES = 10_000;
    /** Each conflict means that another enrolment spent a use, so these suffice for any key. */
    private static final int ATTEMPTS = 2 * MAX_USES;

    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration MAX = Duration.ofDays(366);

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    /** A lock instead of a monitor, so that no virtual thread is pinned while it waits for the store. */
    private final ReentrantLock enrolling = new ReentrantLock();

    private final Devices devices;
    private final DeviceFactory factory;

    EnrollmentKeys(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Devices devices,
            DeviceFactory factory) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.devices = devices;
        this.factory = factory;
    }

    /**
     * A new key and its secret.
     *
     * @param secret 128 random bits in base32, returned only here; the store has its hash
     */
    public record Issued(EnrollmentKey key, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Issued[" + key + "]";
        }
    }

    /**
     * Creates a key. A device with the key's defaults must pass the rules for devices.
     *
     * @param wanted uses 1 to 10,000, default 1; life up to 366 days, default 24 hours; initial state active, the default,
     *     or pending
     */
    public Issued create(Actor actor, EnrollmentKeyRequest wanted) {
        int uses = Objects.requireNonNullElse(wanted.uses(), 1);
        Duration life = Objects.requireNonNullElse(wanted.expiresIn(), LIFE);
        DeviceState state = Objects.requireNonNullElse(wanted.initialState(), DeviceState.ACTIVE);
        check(uses, life, state);
        String secret = ids.token();
        Device sample = factory.propose(wanted.device().withName(wanted.name()), state);
        boolean registers = Objects.requireNonNullElse(wanted.registerSource(), false);
        if (registers && sample.sources().size() == Validation.MAX_CIDRS) {
            throw new OperationException(OperationException.Kind.INVALID, "no room for the registered source");
        }
        EnrollmentKey created = new EnrollmentKey(
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
        PolicyEditor.Draft draft = draft(actor, "enrollment-key.create", null, created)
                .put(RecordMapper.of(new StoredEnrollmentKey(created, TokenHash.of(secret))));
        editor.apply(factory.requireLists(draft, sample, true));
        return new Issued(created, secret);
    }

    private static void check(int uses, Duration life, DeviceState state) {
        List<String> problems = new ArrayList<>();
        if (uses < 1 || uses > MAX_USES) {
            problems.add("uses must be 1 to " + MAX_USES);
        }
        if (life.isNegative() || life.isZero() || life.compareTo(MAX) > 0) {
            problems.add("an enrollment key must last more than zero and at most " + MAX.toDays() + " days");
        }
        if (state != DeviceState.ACTIVE && state != DeviceState.PENDING) {
            problems.add("initialState must be active or pending");
        }
        Validation.refuse(problems);
    }

    /** The key with that secret; empty if there is none, or it is spent or expired. */
    public Optional<EnrollmentKey> authenticate(String secret) {
        return stored(secret).map(StoredEnrollmentKey::key);
    }

    private Optional<StoredEnrollmentKey> stored(String secret) {
        return store.find(RecordMapper.ENROLLMENT_KEY, RecordMapper.tokenTerm(TokenHash.of(secret)))
                .map(record -> RecordMapper.read(record, StoredEnrollmentKey.class))
                .filter(stored -> stored.key().isValidAt(clock.instant()));
    }

    /** The key with that id, including spent and expired ones; {@code NOT_FOUND} if there is none. */
    public EnrollmentKey get(String id) {
        return ofId(id).key();
    }

    private StoredEnrollmentKey ofId(String id) {
        return store.get(RecordMapper.ENROLLMENT_KEY, id)
                .map(record -> RecordMapper.read(record, StoredEnrollmentKey.class))
                .orElseThrow(() -> OperationException.notFound("enrollment key"));
    }

    /** Keys by age, oldest first, including spent and expired ones. The limit is 1 to 1,000. */
    public Page<EnrollmentKey> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.ENROLLMENT_KEY, null, cursor, limit), limit, EnrollmentKey.class);
    }

    /** Removes a key; it enrols nothing after this has returned. Enrolled devices stay. */
    public void revoke(Actor actor, String id) {
        editor.retrying(
                ATTEMPTS,
                () -> ofId(id),
                before -> new Edit<>(
                        draft(actor, "enrollment-key.revoke", before.key(), null)
                                .delete(RecordMapper.of(before)),
                        before));
    }

    /** Warnings about the devices that the key enrols. */
    public List<String> warnings(EnrollmentKey key) {
        return devices.warnings(factory.sample(defaults(key, key.name()))).stream()
                .filter(warning -> !key.registerSource() || !warning.equals(Validation.NO_SOURCES))
                .toList();
    }

    /**
     * Creates a device for a machine that presents a key's secret, and spends a use; both happen, or neither.
     *
     * @return empty if no valid key has that secret
     */
    Optional<Device> enroll(EnrollmentAttempt attempt) {
        Optional<EnrollmentKey> key = authenticate(attempt.secret());
        if (key.isEmpty()) {
            return Optional.empty();
        }
        StoredDevice created = factory.make(proposal(key.get(), attempt));
        try {
            commit(attempt, created);
            return Optional.of(created.device());
        } catch (OperationException e) {
            devices.discard(created);
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
                key.curve(),
                null);
    }

    private Device proposal(EnrollmentKey key, EnrollmentAttempt attempt) {
        if (key.registerSource() && (attempt.sourceInDoubt() || attempt.source().isEmpty())) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the source cannot be registered: the request came through a proxy that is not configured here");
        }
        Device proposed = factory.propose(defaults(key, attempt.name()), key.initialState());
        return key.registerSource()
                ? DeviceFactory.registered(proposed, attempt.source().orElseThrow())
                : proposed;
    }

    /** One at a time on this node: threads that spend uses of one key would only conflict. */
    private void commit(EnrollmentAttempt attempt, StoredDevice created) {
        enrolling.lock();
        try {
            editor.retrying(
                    ATTEMPTS,
                    () -> stored(attempt.secret()).orElseThrow(() -> OperationException.notFound("enrollment key")),
                    key -> new Edit<>(
                            factory.draft(
                                            Actor.of(key.key()),
                                            "device.enroll",
                                            created,
                                            new EnrollmentAudit(
                                                    key.key().name(),
                                                    attempt.source(),
                                                    DeviceAudit.of(created.device())))
                                    .put(RecordMapper.of(key.spend())),
                            created));
        } finally {
            enrolling.unlock();
        }
    }

    /** The audit entry of an enrolment: which key, which source, and the new device. */
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
