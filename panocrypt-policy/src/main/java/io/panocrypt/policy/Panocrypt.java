package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.internal.BackgroundTasks;
import io.panocrypt.policy.internal.EditWing;
import io.panocrypt.policy.internal.Foundation;
import io.panocrypt.policy.internal.JournalWing;
import io.panocrypt.policy.internal.NoticeWing;
import io.panocrypt.policy.internal.UnlockWing;
import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.DecisionMaker;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.edit.KeyUses;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.notice.NotifierSettings;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.internal.unlock.Unlocker;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.DryRun;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The service that an application embeds: it answers recovery requests by policy, and operators manage that policy.
 *
 * <p>Thread-safe. {@link #close} writes the counted attempts to the journal, takes a last checkpoint and stops the
 * background threads for checkpoints, retention and notifications. It closes neither the store nor the custody; they belong
 * to the caller.
 */
public final class Panocrypt implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Panocrypt.class.getName());

    private final ResilientStore store;
    private final UnlockWing unlocks;
    private final NoticeWing notices;
    private final Devices devices;
    private final Allowances allowances;
    private final TemporaryDenies temporaryDenies;
    private final EnrollmentKeys enrollmentKeys;
    private final NetworkAccessLists networkAccessLists;
    private final Lockdowns lockdowns;
    private final Members members;
    private final UserGroups userGroups;
    private final ApprovalGroups approvalGroups;
    private final Approvals approvals;
    private final History history;
    private final Webhooks webhooks;
    private final Contacts contacts;
    private final Outbox outbox;
    private final BackgroundTasks tasks;

    private Panocrypt(Builder settings, Foundation base, URI url) {
        Duration pending = settings.approvalTimes.pending();
        this.store = base.store();
        NoticeWing.Prepared notifiers = NoticeWing.prepare(base, settings.notifiers());
        JournalWing journal = JournalWing.open(base);
        this.notices = NoticeWing.open(base, notifiers, settings.notices(url));
        this.unlocks = UnlockWing.of(base, settings.unlocks());
        EditWing edits = EditWing.of(base, pending);
        InstantSource clock = base.clock();
        IdGenerator ids = base.ids();
        PolicyEditor editor = base.editor();
        this.history =
                new History(store, journal.checkpoints(), unlocks.attempts(), journal.retention(), journal.exporter());
        this.devices = new Devices(
                store,
                clock,
                editor,
                base.policy(),
                edits.guard(),
                edits.deviceFactory(),
                edits.canceller(),
                new KeyUses(id -> history.unlocks(id, null, KeyUses.SEARCHED), store),
                url);
        this.enrollmentKeys = new EnrollmentKeys(store, clock, ids, editor, devices, edits.deviceFactory());
        this.allowances = new Allowances(clock, ids, editor, devices, base.policy(), store);
        this.temporaryDenies = new TemporaryDenies(store, clock, ids, editor, devices, edits.canceller());
        this.networkAccessLists = new NetworkAccessLists(store, clock, ids, editor);
        this.lockdowns = new Lockdowns(store, clock, ids, editor, edits.canceller());
        this.contacts = new Contacts(
                store, clock, ids, editor, notices.notifiers(), notices.noticeFactory(), notices.pushKey());
        this.members = new Members(store, clock, ids, editor, contacts, edits.guard(), base.firstWrites());
        this.userGroups = new UserGroups(store, ids, editor, edits.guard());
        this.approvalGroups = new ApprovalGroups(store, ids, editor, base.policy(), edits.guard());
        this.approvals = new Approvals(
                store,
                clock,
                ids,
                editor,
                base.events(),
                devices,
                base.policy(),
                edits.canceller(),
                settings.approvalTimes);
        this.webhooks = new Webhooks(
                store,
                clock,
                ids,
                editor,
                notices.webhookSecrets(),
                notices.notifiers(),
                contacts,
                notices.closedContacts());
        this.outbox = new Outbox(editor, base.events(), store, notices.dispatcher(), notices.failingContacts());
        this.tasks =
                new BackgroundTasks(unlocks.attempts(), journal.checkpoints(), unlocks.events(), notices.dispatcher());
        if (base.events().isEnabled() && !settings.noticeInterval.isZero()) {
            notices.dispatcher().start(settings.noticeInterval);
        }
        if (!settings.checkpointInterval.isZero()) {
            tasks.takeCheckpoints(settings.checkpointInterval);
        }
        if (!settings.historyRetention.isZero()) {
            tasks.keepHistory(journal.retention(), settings.historyRetention);
        }
    }

    /** Whether the store is unused: only then may a new master key be created for it. */
    public static boolean isNew(PolicyStore store) {
        return SiteIdentity.isEmpty(store);
    }

    /**
     * Loads the master key from a file, and creates the file if it is missing and the store is unused. A store that is in
     * use never gets another key, because its keys are sealed under the first one.
     *
     * @return the key; the caller closes it
     * @throws IOException if the file is missing although the store is in use, or as {@link MasterKey#load} and
     *     {@link MasterKey#create} do
     */
    public static MasterKey openMasterKey(PolicyStore store, Path file, SecureRandom random) throws IOException {
        if (Files.notExists(file) && isNew(store)) {
            return MasterKey.create(file, random);
        }
        return MasterKey.load(file);
    }

    /** A builder with all defaults; the store, the custody and the public URL are still missing. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Decides about a recovery request, commits the decision durably, and only then answers.
     *
     * <p>Blocks for the store and for one multiplication.
     *
     * @return the answer, the refusal, or why there is none; faults of the store or the custody are
     *     {@link UnlockResult.Unavailable}
     */
    public UnlockResult unlock(UnlockAttempt attempt) {
        return unlocks.unlocker().unlock(attempt);
    }

    /**
     * The signed advertisement of the device with that token, as {@link io.panocrypt.crypto.tang.Advertisement#sign} makes
     * it.
     *
     * @param thumbprint names a signing key of the device, which may be hidden, that signs in addition; null for none
     * @return empty for an unknown token, a revoked device, or a thumbprint of no signing key
     * @throws StoreException if the store fails, or too many requests are being answered already
     * @throws io.panocrypt.crypto.custody.CustodyException if the signing key cannot be used
     */
    public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
        if (!StoreText.isStorable(token)) {
            return Optional.empty();
        }
        return unlocks.limiter()
                .pass(() -> store.find(RecordMapper.DEVICE, RecordMapper.tokenTerm(token))
                        .map(record -> RecordMapper.read(record, StoredDevice.class))
                        .filter(stored -> stored.device().state() != DeviceState.REVOKED)
                        .flatMap(stored -> unlocks.advertiser().advertisement(stored, thumbprint))
                        .map(byte[]::clone));
    }

    /**
     * Decides whether the device would be unlocked from the address now, and shows the result of every gate. Changes
     * nothing.
     *
     * @param source the address; null for one that cannot be determined
     * @throws OperationException if there is no such device
     * @throws StoreException if the store fails, or policy changes faster than it can be read
     */
    public DryRun dryRun(String deviceId, @Nullable IpAddress source) {
        Device device = devices.get(deviceId);
        for (int i = 0; i < Unlocker.MAX_EVALUATIONS; i++) {
            DecisionSnapshot snapshot = store.snapshot(RecordMapper.tokenTerm(device.token()))
                    .orElseThrow(() -> OperationException.notFound("device"));
            Device current = RecordMapper.read(snapshot.device(), Device.class);
            Optional<PolicyView> view = unlocks.views().of(snapshot, current);
            if (view.isPresent()) {
                Attempt attempt = new Attempt(!current.keys().isEmpty(), Optional.ofNullable(source));
                Decision decision = DecisionMaker.decide(view.get(), attempt, snapshot.now());
                return new DryRun(decision.outcome(), decision.reason(), decision.gates());
            }
        }
        throw new StoreException("policy kept changing while a decision was made");
    }

    /**
     * Creates a device for a machine that presents the secret of an enrollment key, and spends one of the key's uses.
     *
     * @return empty if the key does not exist or is spent, expired or revoked; the caller cannot distinguish these
     * @throws OperationException if the name is malformed or taken, or the source must be registered and cannot be
     *     determined; nothing is spent
     * @throws StoreException if the store fails; a use may have been spent
     */
    public Optional<Device> enroll(EnrollmentAttempt attempt) {
        return enrollmentKeys.enroll(attempt);
    }

    /** Why the service cannot answer now, in words that are safe to publish; empty if it is ready. */
    public Optional<String> unreadyReason() {
        return unlocks.readiness().unreadyReason();
    }

    /** Creates, changes, disables and revokes devices, and rotates their keys. Thread-safe. */
    public Devices devices() {
        return devices;
    }

    /** Grants, lists and cancels allowances ("allow once"). Thread-safe. */
    public Allowances allowances() {
        return allowances;
    }

    /** Refuses devices for a limited time. Thread-safe. */
    public TemporaryDenies temporaryDenies() {
        return temporaryDenies;
    }

    /** Creates, lists and revokes enrollment keys. Thread-safe. */
    public EnrollmentKeys enrollmentKeys() {
        return enrollmentKeys;
    }

    /** Manages lists of address blocks that devices share. Thread-safe. */
    public NetworkAccessLists networkAccessLists() {
        return networkAccessLists;
    }

    /** Starts, lists and lifts lockdowns. Thread-safe. */
    public Lockdowns lockdowns() {
        return lockdowns;
    }

    /** Manages the members, their roles, contacts and tokens. Thread-safe. */
    public Members members() {
        return members;
    }

    /** Manages named sets of members. Thread-safe. */
    public UserGroups userGroups() {
        return userGroups;
    }

    /** Manages who approves which devices. Thread-safe. */
    public ApprovalGroups approvalGroups() {
        return approvalGroups;
    }

    /** Lists approval requests and takes votes on them. Thread-safe. */
    public Approvals approvals() {
        return approvals;
    }

    /** Manages the programs that are notified of events. Thread-safe. */
    public Webhooks webhooks() {
        return webhooks;
    }

    /** Tests contacts of members, and lists and reopens closed ones. Thread-safe. */
    public Contacts contacts() {
        return contacts;
    }

    /** Shows the state of the outbox, and retries or drops dead letters. Thread-safe. */
    public Outbox outbox() {
        return outbox;
    }

    /**
     * Notifies administrators that a peer which is not a trusted proxy sends forwarding headers: once an hour for each peer
     * (IPv6: each /64), for at most ten peers an hour.
     *
     * <p>Never throws. A failure of the store is logged.
     */
    public void reportForwardingHeader(IpAddress peer) {
        notices.healthAlarms().forwardingHeader(peer);
    }

    /** Reads, verifies, exports and shortens the journal. Thread-safe. */
    public History history() {
        return history;
    }

    @Override
    public void close() {
        tasks.close();
    }

    /** Configures a service; {@link #build} reports all problems at once. Not thread-safe. */
    public static final class Builder {
        private @Nullable PolicyStore policies;
        private @Nullable DecisionStore decisions;
        private @Nullable KeyCustody custody;
        private @Nullable URI publicUrl;
        private InstantSource clock = InstantSource.system();
        private SecureRandom random = new SecureRandom();
        private Duration checkpointInterval = Duration.ofMinutes(1);
        private Duration commitTimeout = Duration.ofSeconds(2);
        private Duration startTimeout = Duration.ofMinutes(2);
        private Duration historyRetention = Duration.ZERO;
        private ApprovalTimes approvalTimes = ApprovalTimes.DEFAULTS;
        private final List<Notifier> notifiers = new ArrayList<>();
        private final List<Function<ContactSecrets, Notifier>> webhookNotifiers = new ArrayList<>();
        private final List<Function<JwsSigner, Notifier>> pushNotifiers = new ArrayList<>();
        private final List<DecisionListener> listeners = new ArrayList<>();
        private @Nullable URI linkBase;
        private Duration noticeInterval = Duration.ofSeconds(1);
        private ServiceLimits limits = ServiceLimits.DEFAULTS;

        private Builder() {}

        /** The store for policy and for decisions; required. */
        public <S extends PolicyStore & DecisionStore> Builder store(S store) {
            this.policies = store;
            this.decisions = store;
            return this;
        }

        /** Where private keys live; required. A store cannot change to another custody later. */
        public Builder custody(KeyCustody keyCustody) {
            this.custody = keyCustody;
            return this;
        }

        /** The base of unlock URLs: http or https with a host, without query, fragment or trailing slash; required. */
        public Builder publicUrl(URI url) {
            this.publicUrl = url;
            return this;
        }

        /** The clock for the times of edits, cut to milliseconds; default the system's. Decisions use the store's time. */
        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        /** The source of identifiers and tokens; default a new {@link SecureRandom}. Must be thread-safe. */
        public Builder random(SecureRandom source) {
            this.random = source;
            return this;
        }

        /**
         * How often counted attempts are written to the journal, and a checkpoint is taken if the journal has grown; default
         * 1 minute. With zero no checkpoints are taken, and counted attempts are written only at {@link Panocrypt#close}.
         */
        public Builder checkpointInterval(Duration interval) {
            this.checkpointInterval = interval;
            return this;
        }

        /**
         * How long history and audit are kept: zero, the default, to keep all of it, otherwise at least a day. Older entries
         * are removed once a day, as {@link History#cutBefore} does.
         */
        public Builder historyRetention(Duration kept) {
            this.historyRetention = kept;
            return this;
        }

        /** Adds a listener that receives the outcome of every attempt; default none. */
        public Builder listener(DecisionListener listener) {
            listeners.add(listener);
            return this;
        }

        /** How long requests, approvals and denials last; default {@link ApprovalTimes#DEFAULTS}. */
        public Builder approvalTimes(ApprovalTimes times) {
            this.approvalTimes = times;
            return this;
        }

        /**
         * Adds a notifier for contacts of members. Several may be added if they serve different schemes. Default none; then
         * nobody is notified. All nodes on a store should have the same notifiers.
         */
        public Builder notifier(Notifier notifier) {
            this.notifiers.add(notifier);
            return this;
        }

        /**
         * Adds a notifier for webhooks; default none.
         *
         * @param maker gets a lookup for the secrets of webhooks
         */
        public Builder webhookNotifier(Function<ContactSecrets, Notifier> maker) {
            this.webhookNotifiers.add(maker);
            return this;
        }

        /**
         * Adds a notifier for browsers of members; default none. The first service with one creates the push key of its
         * store.
         *
         * @param maker gets the P-256 key by which push services identify this site; its private half stays in the custody
         */
        public Builder pushNotifier(Function<JwsSigner, Notifier> maker) {
            this.pushNotifiers.add(maker);
            return this;
        }

        /** The base of links in notices, before {@code /console/}; same form as the public URL, which is the default. */
        public Builder linkBase(URI url) {
            this.linkBase = url;
            return this;
        }

        /**
         * How often the outbox is polled; default 1 second. Entries of this node are also picked up at once. With zero
         * nothing is delivered until {@link Outbox#workOff} is called.
         */
        public Builder noticeInterval(Duration interval) {
            this.noticeInterval = interval;
            return this;
        }

        private NotifierSettings notifiers() {
            return new NotifierSettings(notifiers, webhookNotifiers, pushNotifiers);
        }

        private NoticeWing.Settings notices(URI url) {
            return new NoticeWing.Settings(
                    notifiers(), linkBase == null ? url : linkBase, approvalTimes.pending(), approvalTimes.silence());
        }

        private UnlockWing.Settings unlocks() {
            return new UnlockWing.Settings(
                    limits.requestsAtOnce(), commitTimeout, approvalTimes.pending(), listeners, LOG);
        }

        /** The limits beyond which requests are refused; default {@link ServiceLimits#DEFAULTS}. */
        public Builder limits(ServiceLimits refused) {
            this.limits = refused;
            return this;
        }

        /**
         * How long a commit with unknown outcome is repeated, and how long a request waits for another one of its device;
         * default 2 seconds.
         */
        public Builder commitTimeout(Duration timeout) {
            this.commitTimeout = timeout;
            return this;
        }

        /**
         * How long the first writes of a new site are repeated while their outcome is unknown; default 2 minutes. They are
         * the site record with the checkpoint key, the push key, and the first administrator.
         */
        public Builder startTimeout(Duration timeout) {
            this.startTimeout = timeout;
            return this;
        }

        /**
         * The problems of the settings so far, each beginning with the setting's name; {@link #build} refuses them. A
         * required setting that is missing is not reported, so settings can be checked before there is a store.
         */
        public List<String> problems() {
            List<String> problems = new ArrayList<>();
            checkBase("publicUrl", publicUrl, problems);
            checkBase("linkBase", linkBase, problems);
            checkNotNegative("noticeInterval", noticeInterval, problems);
            checkNotNegative("checkpointInterval", checkpointInterval, problems);
            checkNotNegative("commitTimeout", commitTimeout, problems);
            checkNotNegative("startTimeout", startTimeout, problems);
            problems.addAll(approvalTimes.problems());
            if (!limits.isValid()) {
                problems.add("limits must be positive");
            }
            if (!historyRetention.isZero() && historyRetention.compareTo(Retention.MIN) < 0) {
                problems.add("historyRetention must be zero, or a day at least");
            }
            return problems;
        }

        /**
         * Opens the service on the store. An empty store is bound to the custody.
         *
         * @throws IllegalArgumentException naming every problem of the configuration
         * @throws IllegalStateException if the store's keys belong to another custody
         * @throws StoreException if the store fails
         */
        public Panocrypt build() {
            List<String> problems = problems();
            if (policies == null) {
                problems.add("store is required");
            }
            if (custody == null) {
                problems.add("custody is required");
            }
            if (publicUrl == null) {
                problems.add("publicUrl is required");
            }
            if (policies == null || decisions == null || custody == null || publicUrl == null || !problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", problems));
            }
            Foundation base = Foundation.of(new Foundation.Settings(
                    policies,
                    decisions,
                    custody,
                    clock,
                    random,
                    !notifiers().isEmpty(),
                    limits.storeTimeout(),
                    commitTimeout,
                    startTimeout));
            return new Panocrypt(this, base, publicUrl);
        }

        private static void checkNotNegative(String name, Duration duration, List<String> problems) {
            if (duration.isNegative()) {
                problems.add(name + " must not be negative");
            }
        }

        private static void checkBase(String name, @Nullable URI url, List<String> problems) {
            if (url != null && !isBase(url)) {
                problems.add(name + " must be http or https, with a host, without query, fragment or trailing slash");
            }
        }

        private static boolean isBase(URI url) {
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && !url.toString().endsWith("/")
                    && url.toString().chars().noneMatch(c -> c == '\'' || c == '"' || c == ' ');
        }
    }
}
