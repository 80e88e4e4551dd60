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
 * The service that an application embeds: it answers recovery requests by policy, and operators steer it.
 *
 * <p>Thread-safe. {@link #close} writes down what was counted, takes a last checkpoint and stops the background threads, for
 * these, for retention and for notices; it closes neither store nor custody, which belong to whoever made them.
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
        if (base.events().areTold() && !settings.noticeInterval.isZero()) {
            notices.dispatcher().start(settings.noticeInterval);
        }
        if (!settings.checkpointInterval.isZero()) {
            tasks.takeCheckpoints(settings.checkpointInterval);
        }
        if (!settings.historyRetention.isZero()) {
            tasks.keepHistory(journal.retention(), settings.historyRetention);
        }
    }

    /** Whether nobody has used the store yet, so that a master key may be made for it. */
    public static boolean isNew(PolicyStore store) {
        return SiteIdentity.isEmpty(store);
    }

    /**
     * The master key in a file, and a new one in that file if nobody has used the store yet. A store that is in use never
     * gets another key: its keys are sealed under the one that it had.
     *
     * @return the key, which the caller closes
     * @throws IOException if the file is missing although the store is in use, or as {@link MasterKey#load} and {@link
     *     MasterKey#create} do
     */
    public static MasterKey openMasterKey(PolicyStore store, Path file, SecureRandom random) throws IOException {
        if (Files.notExists(file) && isNew(store)) {
            return MasterKey.create(file, random);
        }
        return MasterKey.load(file);
    }

    /** Starts to configure a service. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Decides about a request to recover, makes the decision durable, and only then answers.
     *
     * <p>Blocks for the store and for one multiplication.
     */
    public UnlockResult unlock(UnlockAttempt attempt) {
        return unlocks.unlocker().unlock(attempt);
    }

    /**
     * The signed advertisement of the device with that token, as {@link
     * io.panocrypt.crypto.tang.Advertisement#sign} makes it.
     *
     * @param thumbprint of a signing key of the device, hidden ones included, that signs too; null for none
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
                        .map(found -> RecordMapper.read(found, StoredDevice.class))
                        .filter(stored -> stored.device().state() != DeviceState.REVOKED)
                        .flatMap(stored -> unlocks.advertiser().advertisement(stored, thumbprint))
                        .map(byte[]::clone));
    }

    /**
     * Whether that address would unlock that device now, and which gate decides; changes nothing.
     *
     * @param source null to ask for an address that cannot be told
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
     * Makes a device of a machine that calls with the secret of an enrollment key, and spends one of the key's uses.
     *
     * @return empty if there is no such key, or it is spent, expired or revoked: the caller cannot tell which
     * @throws OperationException if the name is malformed or taken, or the source is to be registered and cannot be told;
     *     nothing is spent
     * @throws StoreException if the store fails; then a use may be gone
     */
    public Optional<Device> enroll(EnrollmentAttempt attempt) {
        return enrollmentKeys.enroll(attempt);
    }

    /** Why the service cannot answer now, in words that any outsider may read; empty if it is ready. */
    public Optional<String> unreadyReason() {
        return unlocks.readiness().unreadyReason();
    }

    /** Devices. */
    public Devices devices() {
        return devices;
    }

    /** Allowances. */
    public Allowances allowances() {
        return allowances;
    }

    /** Temporary denies. */
    public TemporaryDenies temporaryDenies() {
        return temporaryDenies;
    }

    /** Enrollment keys. */
    public EnrollmentKeys enrollmentKeys() {
        return enrollmentKeys;
    }

    /** Network access lists. */
    public NetworkAccessLists networkAccessLists() {
        return networkAccessLists;
    }

    /** Lockdowns. */
    public Lockdowns lockdowns() {
        return lockdowns;
    }

    /** Members. */
    public Members members() {
        return members;
    }

    /** User groups. */
    public UserGroups userGroups() {
        return userGroups;
    }

    /** Approval groups. */
    public ApprovalGroups approvalGroups() {
        return approvalGroups;
    }

    /** Approval requests, and what people decide about them. */
    public Approvals approvals() {
        return approvals;
    }

    /** Webhooks. */
    public Webhooks webhooks() {
        return webhooks;
    }

    /** Where people can be told, and what became of it. */
    public Contacts contacts() {
        return contacts;
    }

    /** What is still to be told, and what could not be. */
    public Outbox outbox() {
        return outbox;
    }

    /**
     * Tells administrators that a peer which is no trusted proxy sends forwarding headers: once an hour, of ten peers at most.
     *
     * <p>Never throws: where the store fails it is logged.
     */
    public void reportForwardingHeader(IpAddress peer) {
        notices.healthAlarms().forwardingHeader(peer);
    }

    /** History and audit. */
    public History history() {
        return history;
    }

    @Override
    public void close() {
        tasks.close();
    }

    /** Configures a service; {@link #build} names all problems at once. Not thread-safe. */
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

        /** The store, which is both; required. */
        public <S extends PolicyStore & DecisionStore> Builder store(S store) {
            this.policies = store;
            this.decisions = store;
            return this;
        }

        /** Where private keys live; required. A store belongs to one custody for ever. */
        public Builder custody(KeyCustody keyCustody) {
            this.custody = keyCustody;
            return this;
        }

        /** The base of unlock URLs, http or https with a host and without query or trailing slash; required. */
        public Builder publicUrl(URI url) {
            this.publicUrl = url;
            return this;
        }

        /** Stamps edits; default the system's clock. Decisions use the store's time. */
        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        /** Makes identifiers and tokens; default a new {@link SecureRandom}. */
        public Builder random(SecureRandom source) {
            this.random = source;
            return this;
        }

        /**
         * How often what was counted is written down, and a checkpoint is taken if something has happened; default 1 minute,
         * zero for no checkpoints, and what was counted is written at {@link Panocrypt#close} only.
         */
        public Builder checkpointInterval(Duration interval) {
            this.checkpointInterval = interval;
            return this;
        }

        /**
         * How long history and audit are kept; default zero, for ever, else a day at least. What is older is removed once a
         * day, as {@link History#cutBefore} does.
         */
        public Builder historyRetention(Duration kept) {
            this.historyRetention = kept;
            return this;
        }

        /** Adds one who hears what became of each attempt; default nobody. */
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
         * Delivers notices to members' contacts of the schemes that it serves; several may be given, one for each scheme.
         * Default none: then nothing is told. All nodes on a store should have the same.
         */
        public Builder notifier(Notifier notifier) {
            this.notifiers.add(notifier);
            return this;
        }

        /**
         * Delivers notices to webhooks of the schemes that it serves; default none.
         *
         * @param maker is given what finds a webhook's secret
         */
        public Builder webhookNotifier(Function<ContactSecrets, Notifier> maker) {
            this.webhookNotifiers.add(maker);
            return this;
        }

        /**
         * Delivers notices to browsers of members; default none. The first service with one makes the key for its store.
         *
         * @param maker is given the key on P-256 that push services know this site by; its private half stays in the custody
         */
        public Builder pushNotifier(Function<JwsSigner, Notifier> maker) {
            this.pushNotifiers.add(maker);
            return this;
        }

        /** What stands before {@code /console/} in the links of notices; of the form of, and default, the public URL. */
        public Builder linkBase(URI url) {
            this.linkBase = url;
            return this;
        }

        /**
         * How often the outbox is looked at, besides whenever this node has put something in; default 1 second, zero for never
         * by itself.
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

        /** What is refused instead of waiting longer; default {@link ServiceLimits#DEFAULTS}. */
        public Builder limits(ServiceLimits refused) {
            this.limits = refused;
            return this;
        }

        /** How long a commit whose outcome is unknown is repeated; default 2 seconds. */
        public Builder commitTimeout(Duration timeout) {
            this.commitTimeout = timeout;
            return this;
        }

        /**
         * How long what a new site needs once is tried again where the store gives no outcome: its record with the key of
         * checkpoints, the key of push notices, and the first administrator; default 2 minutes.
         */
        public Builder startTimeout(Duration timeout) {
            this.startTimeout = timeout;
            return this;
        }

        /**
         * What is wrong with what has been set, each beginning with the setting's name; {@link #build} refuses it. What is
         * required and missing is no part of it, so that settings can be checked before there is a store.
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
         * Opens the service on the store, which becomes the custody's own if it is empty.
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
