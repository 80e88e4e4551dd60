package io.panocrypt.policy;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.internal.BackgroundTasks;
import io.panocrypt.policy.internal.EditWing;
import io.panocrypt.policy.internal.Foundation;
import io.panocrypt.policy.internal.JournalWing;
import io.panocrypt.policy.internal.MasterKeyWing;
import io.panocrypt.policy.internal.NoticeWing;
import io.panocrypt.policy.internal.PasskeyWing;
import io.panocrypt.policy.internal.UnlockWing;
import io.panocrypt.policy.internal.backup.BackupWriter;
import io.panocrypt.policy.internal.backup.FenceGate;
import io.panocrypt.policy.internal.backup.FenceRecord;
import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.decision.Attempt;
import io.panocrypt.policy.internal.decision.Decision;
import io.panocrypt.policy.internal.decision.DecisionMaker;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RefusedSources;
import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.keys.KeyUseIndex;
import io.panocrypt.policy.internal.notice.NotifierSettings;
import io.panocrypt.policy.internal.passkey.ApprovalSigning;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.internal.resilience.ReadinessCheck;
import io.panocrypt.policy.internal.resilience.ResilientStore;
import io.panocrypt.policy.internal.session.SessionStore;
import io.panocrypt.policy.internal.unlock.Unlocker;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.DryRun;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.passkey.RelyingParty;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Store;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
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
    private final Keys keys;
    private final Allowances allowances;
    private final TemporaryDenies temporaryDenies;
    private final EnrollmentKeys enrollmentKeys;
    private final NetworkAccessLists networkAccessLists;
    private final Lockdowns lockdowns;
    private final Members members;
    private final Passkeys passkeys;
    private final Sessions sessions;
    private final UserGroups userGroups;
    private final ApprovalGroups approvalGroups;
    private final Approvals approvals;
    private final History history;
    private final Webhooks webhooks;
    private final Contacts contacts;
    private final Outbox outbox;
    private final MasterKeyWing masterKeyWing;
    private final MasterKeys masterKeys;
    private final Backups backups;
    private final Fence fence;
    private final FenceGate gate;
    private final BackgroundTasks tasks;

    private Panocrypt(Builder settings, Foundation base, URI url) {
        Duration pending = settings.approvalTimes.pending();
        this.store = base.store();
        NoticeWing.Prepared notifiers = NoticeWing.prepare(base, settings.notifiers());
        JournalWing journal = JournalWing.open(base, settings.checkpointLog);
        PasskeyWing signing = PasskeyWing.of(base, journal, settings.relyingParty);
        // After the site was opened, because a restore may have created it a moment ago.
        FenceRecord.refuseUnfinished(store);
        this.masterKeyWing = MasterKeyWing.of(base, settings.checkpointInterval);
        if (!settings.checkpointInterval.isZero()) {
            masterKeyWing.announce();
        }
        this.notices = NoticeWing.open(base, notifiers, settings.notices(url));
        this.gate = new FenceGate(store);
        this.unlocks = UnlockWing.of(base, gate, signing.proofs(), settings.unlocks());
        EditWing edits = EditWing.of(base, pending);
        InstantSource clock = base.clock();
        IdGenerator ids = base.ids();
        PolicyEditor editor = base.editor();
        this.history = new History(
                journal.search(), journal.checkpoints(), unlocks.attempts(), journal.retention(), journal.exporter());
        Function<String, Page<UnlockRecord>> newest = id -> history.unlocks(id, null, RefusedSources.SEARCHED);
        KeyUseIndex keyUses = new KeyUseIndex(store, History::unlock);
        this.devices = new Devices(
                store,
                clock,
                editor,
                base.policy(),
                edits.guard(),
                edits.deviceFactory(),
                edits.canceller(),
                edits.keyDestroyer(),
                keyUses,
                new RefusedSources(newest),
                url);
        this.keys = new Keys(store, clock, ids, editor, devices, keyUses);
        this.enrollmentKeys = new EnrollmentKeys(store, clock, ids, editor, devices, edits.deviceFactory());
        this.allowances = new Allowances(clock, ids, editor, devices, base.policy(), store);
        this.temporaryDenies = new TemporaryDenies(store, clock, ids, editor, devices, edits.canceller());
        this.networkAccessLists = new NetworkAccessLists(store, clock, ids, editor);
        this.lockdowns = new Lockdowns(store, clock, ids, editor, edits.canceller());
        this.contacts = new Contacts(
                store, clock, ids, editor, notices.notifiers(), notices.noticeFactory(), notices.pushKey());
        SessionStore kept = new SessionStore(store);
        this.members = new Members(store, clock, ids, editor, contacts, edits.guard(), kept, base.firstWrites());
        this.sessions = new Sessions(store, clock, ids, editor, kept);
        this.passkeys = new Passkeys(
                store,
                clock,
                ids,
                editor,
                signing.challenges(),
                signing.directory(),
                signing.party(),
                journal.siteSigner());
        this.userGroups = new UserGroups(store, ids, editor, edits.guard());
        this.approvalGroups = new ApprovalGroups(store, ids, editor, base.policy(), edits.guard(), passkeys);
        this.approvals = new Approvals(
                store,
                clock,
                ids,
                editor,
                base.events(),
                devices,
                base.policy(),
                edits.canceller(),
                settings.approvalTimes,
                signing.proofs(),
                new ApprovalSigning(
                        clock,
                        signing.challenges(),
                        signing.directory(),
                        signing.party(),
                        journal.checkpoints().key().kid(),
                        settings.approvalTimes.window()));
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
        this.backups = new Backups(
                new BackupWriter(store, journal.exporter(), clock, ids, base.random()), editor, settings.backupKey);
        this.fence = new Fence(store, editor);
        fence.find()
                .ifPresent(status -> LOG.log(
                        System.Logger.Level.WARNING,
                        "the store was restored from a backup of {0}; no machine is answered until its fence is lifted",
                        status.backupTime()));
        this.tasks =
                new BackgroundTasks(unlocks.attempts(), journal.checkpoints(), unlocks.events(), notices.dispatcher());
        if (base.events().isEnabled() && !settings.noticeInterval.isZero()) {
            notices.dispatcher().start(settings.noticeInterval);
        }
        Runnable pass = masterKeyWing::watch;
        if (!settings.checkpointInterval.isZero()) {
            tasks.takeCheckpoints(settings.checkpointInterval);
            tasks.workOnKeys(keys::work, () -> {
                sessions.purge();
                keys.index();
                if (!settings.rotateKeysAfter.isZero()) {
                    keys.startScheduled(settings.rotateKeysAfter, settings.rotatePace);
                }
            });
            pass = tasks.watchMasterKeys(settings.checkpointInterval, pass, masterKeyWing::withdraw);
        }
        this.masterKeys = new MasterKeys(masterKeyWing.rewrap(), pass);
        if (base.custodies().holdsKeys()) {
            tasks.destroyKeys(edits.keyDestroyer());
        }
        if (!settings.historyRetention.isZero()) {
            tasks.keepHistory(journal.retention(), settings.historyRetention);
        }
    }

    /** Whether the store is unused: only then may a new master key be created for it. */
    public static boolean isNew(Store store) {
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
    public static MasterKey openMasterKey(Store store, Path file, SecureRandom random) throws IOException {
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
                .pass(() -> gate.open(() -> store.find(RecordMapper.DEVICE, RecordMapper.tokenTerm(token)))
                        .map(record -> RecordMapper.read(record, StoredDevice.class))
                        .filter(stored -> stored.device().state() != DeviceState.REVOKED)
                        .flatMap(stored -> unlocks.advertiser().advertisement(stored, thumbprint))
                        .map(byte[]::clone));
    }

    /**
     * Records that the device with that token runs, for rules such as {@code Liveness}. Written at most once a minute for a
     * device, and never to the journal.
     *
     * @param source the observed address; empty when it is unknown
     * @return false, and nothing is recorded, for an unknown token, a revoked device, or a source that the device's source
     *     policy does not admit; the caller must not learn which
     * @throws StoreException if the store fails, or too many requests are being answered already
     */
    public boolean alive(String token, Optional<IpAddress> source) {
        Optional<String> device = StoreText.isStorable(token)
                ? unlocks.limiter().pass(() -> gate.open(() -> unlocks.alive().record(token, source)))
                : Optional.empty();
        unlocks.events().alive(device);
        return device.isPresent();
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
                Decision plain = DecisionMaker.decide(view.get(), attempt, snapshot.now());
                Decision decision = unlocks.rules().decide(plain, view.get(), attempt, snapshot.now());
                return new DryRun(decision.outcome(), decision.reason(), decision.gates(), decision.rule());
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
        return gate.open(() -> enrollmentKeys.enroll(attempt));
    }

    /** Why the service cannot answer now, in words that are safe to publish; empty if it is ready. */
    public Optional<String> unreadyReason() {
        return unlocks.readiness().unreadyReason().or(this::fenced).or(masterKeyWing::unreadyReason);
    }

    private Optional<String> fenced() {
        try {
            return gate.isShut() ? Optional.of(FenceGate.FENCED) : Optional.empty();
        } catch (StoreException e) {
            return Optional.of(ReadinessCheck.NO_ANSWER);
        }
    }

    /** What a ready service does not do, in words that are safe to publish; for the path that only operators can reach. */
    public List<String> warnings() {
        return store.outbox().isPresent() ? List.of() : List.of("the store keeps no outbox, so nobody is notified");
    }

    /** Creates, changes, disables and revokes devices, and rotates their keys. Thread-safe. */
    public Devices devices() {
        return devices;
    }

    /** Shows when devices' keys were used, and rotates or destroys those of many devices. Thread-safe. */
    public Keys keys() {
        return keys;
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

    /** Manages the members' passkeys, and signs members in by them. Thread-safe. */
    public Passkeys passkeys() {
        return passkeys;
    }

    /** Begins, finds, lists and ends members' sessions in browsers. Thread-safe. */
    public Sessions sessions() {
        return sessions;
    }

    /** Manages named sets of members. Thread-safe. */
    public UserGroups userGroups() {
        return userGroups;
    }

    /** Takes backups. Thread-safe. */
    public Backups backups() {
        return backups;
    }

    /** Shows and lifts the fence of a store that was restored from a backup. Thread-safe. */
    public Fence fence() {
        return fence;
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

    /** Re-wraps the site's keys under another master key. Thread-safe. */
    public MasterKeys masterKeys() {
        return masterKeys;
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
        private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

        private @Nullable Store store;
        private @Nullable KeyCustody custody;
        private final Map<String, KeyCustody> custodies = new LinkedHashMap<>();
        private String defaultCustody = SealedKeys.SITE;
        private @Nullable URI publicUrl;
        private InstantSource clock = InstantSource.system();
        private SecureRandom random = new SecureRandom();
        private Duration checkpointInterval = Duration.ofMinutes(1);
        private Consumer<Checkpoint> checkpointLog = Checkpoints::log;
        private Duration commitTimeout = Duration.ofSeconds(2);
        private Duration startTimeout = Duration.ofMinutes(2);
        private Duration historyRetention = Duration.ZERO;
        private Duration rotateKeysAfter = Duration.ZERO;
        private int rotatePace = 60;
        private ApprovalTimes approvalTimes = ApprovalTimes.DEFAULTS;
        private final List<Notifier> notifiers = new ArrayList<>();
        private final List<Function<ContactSecrets, Notifier>> webhookNotifiers = new ArrayList<>();
        private final List<Function<JwsSigner, Notifier>> pushNotifiers = new ArrayList<>();
        private final List<DecisionListener> listeners = new ArrayList<>();
        private final List<UnlockRule> rules = new ArrayList<>();
        private Duration ruleTimeout = Duration.ofMillis(250);
        private @Nullable MasterKey backupKey;
        private @Nullable URI linkBase;
        private @Nullable RelyingParty relyingParty;
        private Duration noticeInterval = Duration.ofSeconds(1);
        private ServiceLimits limits = ServiceLimits.DEFAULTS;

        private Builder() {}

        /** Where everything is kept; required. */
        public Builder store(Store kept) {
            this.store = kept;
            return this;
        }

        /**
         * Where private keys live: the site's own custody; required. It also keeps the site's own keys, and is named
         * {@code site}. Only {@link Panocrypt#masterKeys} changes a store to another master key.
         */
        public Builder custody(KeyCustody keyCustody) {
            this.custody = keyCustody;
            return this;
        }

        /**
         * The key that backups are sealed under, usually the custody's; default none, and no backups can be taken. It stays
         * the caller's, who closes it after this service. It must be kept elsewhere too: a backup does not hold it.
         */
        public Builder backupKey(MasterKey key) {
            this.backupKey = key;
            return this;
        }

        /**
         * Adds a custody that devices can choose, for example one in hardware; default none. It must keep its name as long
         * as a device has keys in it; on a node without it, such a device is not answered.
         *
         * @param name 1 to 40 characters of {@code a-z}, {@code 0-9} and {@code -}; neither {@code site} nor
         *     {@code default}
         */
        public Builder custody(String name, KeyCustody keyCustody) {
            this.custodies.put(name, keyCustody);
            return this;
        }

        /** The custody of new keys of devices that choose none; default {@code site}, the site's own. */
        public Builder defaultCustody(String name) {
            this.defaultCustody = name;
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
         * 1 minute. As often, a node announces itself in the store, so that no re-wrap begins which it cannot follow. With
         * zero no checkpoints are taken, nothing is announced, and counted attempts are written only at
         * {@link Panocrypt#close}.
         */
        public Builder checkpointInterval(Duration interval) {
            this.checkpointInterval = interval;
            return this;
        }

        /**
         * Where each checkpoint goes once it is in the journal; default one line of this library's log, at level INFO. That
         * log may end before {@link Panocrypt#close}: the JDK removes its handlers when the process is told to stop. A log
         * of the application's own then also gets the last checkpoint, as {@link Checkpoint#line}. Keep the lines where
         * nobody who can write to the database can change them. The log must be thread-safe, and must not throw.
         */
        public Builder checkpointLog(Consumer<Checkpoint> log) {
            this.checkpointLog = log;
            return this;
        }

        /**
         * How long history and audit are kept: zero, the default, to keep all of it, otherwise at least a day. Older entries
         * are removed once a day, as {@link History#cutBefore} does. Needs a store that {@linkplain Store#truncates can remove
         * them}.
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

        /**
         * Adds a rule; default none. The rules are asked in the order in which they were added. All nodes on a store should
         * have the same rules.
         */
        public Builder rule(UnlockRule rule) {
            rules.add(rule);
            return this;
        }

        /** How long all rules of one evaluation may take together; default 250 milliseconds, at least 1 millisecond. */
        public Builder ruleTimeout(Duration timeout) {
            this.ruleTimeout = timeout;
            return this;
        }

        /** How long requests, approvals and denials last; default {@link ApprovalTimes#DEFAULTS}. */
        public Builder approvalTimes(ApprovalTimes times) {
            this.approvalTimes = times;
            return this;
        }

        /**
         * Adds a notifier for contacts of members. Several may be added if they serve different schemes. Default none; then
         * nobody is notified. All nodes on a store should have the same notifiers. Like the other two kinds, it needs a store
         * with an {@linkplain Store#outbox outbox}.
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

        /**
         * For whom passkeys are made; default none, and then there are no passkeys, and no approval that a group demands to
         * be signed counts. The same on all nodes.
         */
        public Builder relyingParty(RelyingParty party) {
            this.relyingParty = party;
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

        /**
         * Rotates the keys of every device whose advertised keys are older, once a day; default zero: never. Hidden keys answer
         * until they are destroyed.
         *
         * @param age zero, or a day at least
         * @param pace devices a minute, 1 to {@value Keys#MAX_PACE}; default 60
         */
        public Builder rotateKeysAfter(Duration age, int pace) {
            this.rotateKeysAfter = age;
            this.rotatePace = pace;
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
                    limits.requestsAtOnce(),
                    commitTimeout,
                    approvalTimes.pending(),
                    listeners,
                    rules,
                    ruleTimeout,
                    LOG);
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
         * required setting that is missing is not reported, so settings can be checked before there is a store. A given store
         * is asked what it can do.
         */
        public List<String> problems() {
            List<String> problems = new ArrayList<>();
            checkBase("publicUrl", publicUrl, problems);
            checkBase("linkBase", linkBase, problems);
            checkNotNegative("noticeInterval", noticeInterval, problems);
            checkNotNegative("checkpointInterval", checkpointInterval, problems);
            checkNotNegative("commitTimeout", commitTimeout, problems);
            checkNotNegative("startTimeout", startTimeout, problems);
            checkRules(problems);
            checkCustodies(problems);
            problems.addAll(approvalTimes.problems());
            problems.addAll(relyingParty == null ? List.of() : relyingParty.problems());
            if (!limits.isValid()) {
                problems.add("limits must be positive");
            }
            if (!historyRetention.isZero() && historyRetention.compareTo(Retention.MIN) < 0) {
                problems.add("historyRetention must be zero, or a day at least");
            }
            if (!rotateKeysAfter.isZero() && rotateKeysAfter.compareTo(Duration.ofDays(1)) < 0) {
                problems.add("rotateKeysAfter must be zero, or a day at least");
            }
            if (rotatePace < 1 || rotatePace > Keys.MAX_PACE) {
                problems.add("rotatePace must be 1 to " + Keys.MAX_PACE + " devices a minute");
            }
            if (store != null) {
                checkStore(store, problems);
            }
            return problems;
        }

        /**
         * Opens the service on the store. An empty store is bound to the custody.
         *
         * @throws IllegalArgumentException naming every problem of the configuration
         * @throws IllegalStateException if the store's keys belong to another custody, or a restore into it was interrupted
         * @throws StoreException if the store fails
         */
        public Panocrypt build() {
            List<String> problems = problems();
            if (store == null) {
                problems.add("store is required");
            }
            if (custody == null) {
                problems.add("custody is required");
            }
            if (publicUrl == null) {
                problems.add("publicUrl is required");
            }
            if (store == null || custody == null || publicUrl == null || !problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", problems));
            }
            Foundation base = Foundation.of(new Foundation.Settings(
                    store,
                    custodies(custody),
                    clock,
                    random,
                    !notifiers().isEmpty(),
                    limits.storeTimeout(),
                    commitTimeout,
                    startTimeout));
            return new Panocrypt(this, base, publicUrl);
        }

        private void checkCustodies(List<String> problems) {
            for (String name : custodies.keySet()) {
                if (!NAME.matcher(name).matches()) {
                    problems.add("custody " + name + ": a name must have 1 to 40 characters of a-z, 0-9 and -");
                } else if (name.equals(SealedKeys.SITE) || name.equals(DeviceChange.DEFAULT_CUSTODY)) {
                    problems.add("custody " + name + ": this name has another meaning");
                }
            }
            if (!defaultCustody.equals(SealedKeys.SITE) && !custodies.containsKey(defaultCustody)) {
                problems.add("defaultCustody " + defaultCustody + " is no custody that was added");
            }
        }

        private Custodies custodies(KeyCustody site) {
            Map<String, KeyCustody> all = new LinkedHashMap<>(custodies);
            all.put(SealedKeys.SITE, site);
            return new Custodies(all, defaultCustody);
        }

        private void checkStore(Store kept, List<String> problems) {
            if (!kept.truncates() && !historyRetention.isZero()) {
                problems.add("historyRetention must be zero, because the store cannot remove history");
            }
            if (kept.outbox().isEmpty()) {
                checkAbsent("notifier", notifiers, problems);
                checkAbsent("webhookNotifier", webhookNotifiers, problems);
                checkAbsent("pushNotifier", pushNotifiers, problems);
            }
        }

        private static void checkAbsent(String name, List<?> notifiers, List<String> problems) {
            if (!notifiers.isEmpty()) {
                problems.add(name + " needs an outbox, and the store keeps none");
            }
        }

        private void checkRules(List<String> problems) {
            if (ruleTimeout.toMillis() < 1) {
                problems.add("ruleTimeout must be a millisecond at least");
            }
            Set<String> names = new HashSet<>();
            for (UnlockRule rule : rules) {
                String name = rule.name();
                if (!NAME.matcher(name).matches()) {
                    problems.add("rule " + name + ": a name must have 1 to 40 characters of a-z, 0-9 and -");
                } else if (!names.add(name)) {
                    problems.add("rule " + name + ": two rules have this name");
                }
            }
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
