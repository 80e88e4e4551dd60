package io.panocrypt.policy;

import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.backup.FenceRecord;
import io.panocrypt.policy.internal.notice.ClosedContacts;
import io.panocrypt.policy.internal.notice.Recipient;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.session.StoredSession;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Session;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** A site where each thing that a member may do can be done once, by the name of its method. */
final class OperatorActs implements AutoCloseable {
    private static final Map<String, BiConsumer<OperatorActs, Member>> ACTS = new TreeMap<>();

    static {
        ofDevices();
        ofGrants();
        ofPeople();
        ofNotices();
    }

    final TestService house = new TestService();
    final Interposed store = new Interposed(house);
    final Panocrypt service = Panocrypt.builder()
            .store(store)
            .custody(new SealedKeyCustody(
                    TestService.newMasterKey(), List.of(house.master), TestService.ENGINE, TestService.RANDOM))
            .backupKey(house.master)
            .publicUrl(URI.create("http://192.0.2.80:8080"))
            .clock(house.clock)
            .relyingParty(TestAuthenticator.PARTY)
            .checkpointInterval(Duration.ZERO)
            .noticeInterval(Duration.ZERO)
            .notifier(silent("mailto"))
            .webhookNotifier(secrets -> silent("https"))
            .build();
    final Member mallory;
    private final Device device;
    private final Device pending;
    private final Device disabled;
    private final NetworkAccessList list;
    private final UserGroup people;
    private final String approvers;
    private final Lockdown lockdown;
    private final EnrollmentKey key;
    private final Webhook webhook;
    private final String request;
    private final String allowance;
    private final String closed;
    private final String passkey;
    private final String job;

    OperatorActs() {
        service.members().createFirstAdministrator();
        mallory = member("mallory");
        list = service.networkAccessLists().create(Actor.HOST, "list", List.of(Cidr.parse("10.0.0.0/24")), false);
        people = service.userGroups().create(Actor.HOST, "people", Set.of());
        approvers = service.approvalGroups()
                .create(Actor.HOST, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(mallory.id()), 1))
                .id();
        lockdown = service.lockdowns().start(Actor.HOST, List.of("elsewhere"), "incident");
        webhook = service.webhooks()
                .create(Actor.HOST, URI.create("https://hooks.example/a"), Set.of())
                .webhook();
        key = service.enrollmentKeys()
                .create(
                        Actor.HOST,
                        EnrollmentKeyRequest.of("key", TestService.wanted("sample"))
                                .withUses(9))
                .key();
        device =
                service.devices().create(Actor.HOST, TestService.wanted("web-1").withTags("prod"));
        service.devices().rotateKeys(Actor.HOST, device.id());
        disabled = service.devices().create(Actor.HOST, TestService.wanted("web-2"));
        service.devices().disable(Actor.HOST, disabled.id());
        pending = enrolPending();
        service.unlock(TestService.attempt(device, TestService.HOME));
        service.unlock(TestService.attempt(device, "198.51.100.1"));
        request = service.approvals()
                .list(ApprovalRequest.State.PENDING, null, 10)
                .items()
                .get(0)
                .id();
        allowance = service.allowances()
                .grant(Actor.HOST, device.id(), AllowanceRequest.defaults())
                .id();
        new ClosedContacts(house.memory, house.clock, house.editor())
                .close(new Recipient(Recipient.Kind.MEMBER, mallory.id(), "mailto:gone@example.org"), "gone");
        closed = service.contacts().closed(null, 10).items().stream()
                .map(ClosedContact::id)
                .findFirst()
                .orElseThrow();
        passkey = new TestAuthenticator().registerByLink(service, mallory).id();
        job = service.keys()
                .start(Actor.HOST, KeyJob.Act.ROTATE, Set.of("prod"), Duration.ZERO, 1)
                .id();
        bury("dead");
        service.temporaryDenies()
                .deny(Actor.HOST, device.id(), IpAddress.parse(TestService.AWAY), Duration.ofHours(1), "test");
    }

    /** A store that runs something right before an edit is applied, once. */
    static final class Interposed extends ActStore {
        private Optional<Runnable> meanwhile = Optional.empty();
        int membersRead;

        Interposed(TestService house) {
            super(house.memory);
        }

        void meanwhile(Runnable act) {
            meanwhile = Optional.of(act);
        }

        @Override
        public Optional<PolicyRecord> get(String kind, String id) {
            membersRead += kind.equals(RecordMapper.MEMBER) ? 1 : 0;
            return super.get(kind, id);
        }

        @Override
        protected WriteResult edit(StoreWrite edit) {
            Optional<Runnable> now = meanwhile;
            meanwhile = Optional.empty();
            now.ifPresent(Runnable::run);
            return super.edit(edit);
        }
    }

    static Notifier silent(String scheme) {
        return new Notifier() {
            @Override
            public Set<String> schemes() {
                return Set.of(scheme);
            }

            @Override
            public Delivery deliver(Notice notice, URI contact) {
                return new Delivery.Done();
            }
        };
    }

    private Member member(String name) {
        return service.members()
                .create(Actor.HOST, new MemberChange(name, Role.ADMIN, List.of("mailto:a@example.org")), null)
                .member();
    }

    private Device enrolPending() {
        EnrollmentKeyRequest wanted =
                EnrollmentKeyRequest.of("pending", TestService.wanted("sample")).withInitialState(DeviceState.PENDING);
        String secret = service.enrollmentKeys().create(Actor.HOST, wanted).secret();
        return service.enroll(new EnrollmentAttempt(secret, "web-3", Optional.empty(), false))
                .orElseThrow();
    }

    /** Stored without the audit entry of a sign-in. */
    private String session(Member member) {
        Instant now = house.clock.instant();
        Session session = new Session("s1", member.id(), Session.SignIn.PASSKEY, "Browser", now, now, 1);
        house.memory.write(StoreWrite.of()
                .put(StoredSession.of(session, member).record("hash"))
                .build());
        return session.id();
    }

    private void bury(String id) {
        // Notices about the setup of this site come first.
        house.memory
                .lease("first", Duration.ofMinutes(1), 1000)
                .forEach(told -> house.memory.settle("first", told.entry().id(), new Settlement.Done(List.of())));
        house.memory.write(StoreWrite.of()
                .enqueue(List.of(new OutboxEntry(id, "test", "{}")))
                .build());
        house.memory
                .lease("second", Duration.ofMinutes(1), 1000)
                .forEach(told ->
                        house.memory.settle("second", told.entry().id(), new Settlement.Dead("test", List.of())));
    }

    static Set<String> names() {
        return ACTS.keySet();
    }

    /** Acts as the member, with the token that the member had when it was read. */
    void act(String name, Member member) {
        ACTS.get(name).accept(this, member);
    }

    /** The methods of the service that take an actor. */
    static Set<String> methods() {
        Set<String> methods = new TreeSet<>();
        for (Method accessor : Panocrypt.class.getMethods()) {
            for (Method method : accessor.getReturnType().getDeclaredMethods()) {
                boolean acts = Arrays.stream(method.getParameterTypes())
                        .anyMatch(type -> type == Actor.class || type == Member.class);
                if (acts
                        && Modifier.isPublic(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && accessor.getParameterCount() == 0
                        && accessor.getReturnType().getPackage() == Panocrypt.class.getPackage()) {
                    methods.add(method.getDeclaringClass().getSimpleName() + "." + method.getName());
                }
            }
        }
        return methods;
    }

    private static void ofDevices() {
        ACTS.put(
                "Devices.create",
                (site, who) -> site.service
                        .devices()
                        .create(Actor.of(who), TestService.wanted("web-9").withTags("prod")));
        ACTS.put(
                "Devices.edit",
                (site, who) -> site.service
                        .devices()
                        .edit(
                                Actor.of(who),
                                site.device.id(),
                                site.house.current(site.device).version(),
                                DeviceChange.none().withName("web-8"),
                                false));
        ACTS.put("Devices.disable", (site, who) -> site.service.devices().disable(Actor.of(who), site.device.id()));
        ACTS.put("Devices.enable", (site, who) -> site.service.devices().enable(Actor.of(who), site.disabled.id()));
        ACTS.put("Devices.confirm", (site, who) -> site.service.devices().confirm(Actor.of(who), site.pending.id()));
        ACTS.put(
                "Devices.revoke",
                (site, who) -> site.service.devices().revoke(Actor.of(who), site.device.id(), site.device.name()));
        ACTS.put(
                "Devices.rotateKeys",
                (site, who) -> site.service.devices().rotateKeys(Actor.of(who), site.device.id()));
        ACTS.put(
                "Devices.registerSource",
                (site, who) -> site.service
                        .devices()
                        .registerSource(
                                Actor.of(who),
                                site.device.id(),
                                site.house.current(site.device).version(),
                                null));
        ACTS.put(
                "Devices.destroyGeneration",
                (site, who) -> site.service.devices().destroyGeneration(Actor.of(who), site.device.id(), 1, 1));
        ACTS.put(
                "Devices.importKeys",
                (site, who) -> site.service
                        .devices()
                        .importKeys(
                                Actor.of(who),
                                TestService.wanted("web-9").withTags("prod"),
                                List.of(ImportKeysTest.key(KeyRole.EXCHANGE, Curve.P_256)),
                                List.of()));
        ACTS.put(
                "Keys.start",
                (site, who) ->
                        site.service.keys().start(Actor.of(who), KeyJob.Act.ROTATE, Set.of("prod"), Duration.ZERO, 60));
        ACTS.put("Keys.cancel", (site, who) -> site.service.keys().cancel(Actor.of(who), site.job));
        ACTS.put(
                "EnrollmentKeys.create",
                (site, who) -> site.service
                        .enrollmentKeys()
                        .create(Actor.of(who), EnrollmentKeyRequest.of("key-2", TestService.wanted("sample"))));
        ACTS.put(
                "EnrollmentKeys.revoke",
                (site, who) -> site.service.enrollmentKeys().revoke(Actor.of(who), site.key.id()));
    }

    private static void ofGrants() {
        ACTS.put(
                "Allowances.grant",
                (site, who) ->
                        site.service.allowances().grant(Actor.of(who), site.device.id(), AllowanceRequest.defaults()));
        ACTS.put(
                "Allowances.cancel",
                (site, who) -> site.service.allowances().cancel(Actor.of(who), site.device.id(), site.allowance));
        ACTS.put(
                "TemporaryDenies.deny",
                (site, who) -> site.service
                        .temporaryDenies()
                        .deny(Actor.of(who), site.device.id(), null, Duration.ofHours(1), "test"));
        ACTS.put(
                "TemporaryDenies.lift",
                (site, who) -> site.service.temporaryDenies().lift(Actor.of(who), site.device.id()));
        ACTS.put(
                "Lockdowns.start", (site, who) -> site.service.lockdowns().start(Actor.of(who), List.of(), "incident"));
        ACTS.put("Lockdowns.lift", (site, who) -> site.service.lockdowns().lift(Actor.of(who), site.lockdown.id()));
        ACTS.put(
                "Approvals.approve", (site, who) -> site.service.approvals().approve(who, site.request, "", List.of()));
        ACTS.put("Approvals.deny", (site, who) -> site.service.approvals().deny(who, site.request, "", true));
        ACTS.put("Approvals.defer", (site, who) -> site.service.approvals().defer(who, site.request, ""));
        ACTS.put(
                "NetworkAccessLists.create",
                (site, who) -> site.service.networkAccessLists().create(Actor.of(who), "list-2", List.of(), false));
        ACTS.put(
                "NetworkAccessLists.edit",
                (site, who) -> site.service
                        .networkAccessLists()
                        .edit(Actor.of(who), site.list.id(), 1, null, List.of(), null));
        ACTS.put(
                "NetworkAccessLists.delete",
                (site, who) -> site.service.networkAccessLists().delete(Actor.of(who), site.list.id()));
    }

    private static void ofPeople() {
        ACTS.put(
                "Members.create",
                (site, who) ->
                        site.service.members().create(Actor.of(who), new MemberChange("eve", Role.ADMIN, null), null));
        ACTS.put(
                "Members.register",
                (site, who) -> site.service
                        .members()
                        .register(
                                Actor.of(who),
                                new ExternalIdentity("corp", "eve"),
                                new MemberChange("eve", Role.ADMIN, null)));
        ACTS.put(
                "Members.edit",
                (site, who) -> site.service
                        .members()
                        .edit(Actor.of(who), who.id(), who.version(), new MemberChange("eve", null, null)));
        ACTS.put(
                "Members.addContact",
                (site, who) -> site.service.members().addContact(Actor.of(who), who.id(), "mailto:eve@example.org"));
        ACTS.put(
                "Members.removeContact",
                (site, who) -> site.service.members().removeContact(Actor.of(who), who.id(), "mailto:a@example.org"));
        ACTS.put("Members.delete", (site, who) -> site.service.members().delete(Actor.of(who), who.id(), true));
        ACTS.put("Sessions.begin", (site, who) -> site.service.sessions().begin(who, Session.SignIn.TOKEN, "Browser"));
        ACTS.put("Sessions.end", (site, who) -> site.service.sessions().end(who, site.session(who)));
        ACTS.put(
                "Members.rotateToken",
                (site, who) -> site.service.members().rotateToken(Actor.of(who), who.id(), null));
        ACTS.put("Passkeys.register", (site, who) -> new TestAuthenticator().register(site.service, who));
        ACTS.put("Passkeys.remove", (site, who) -> site.service.passkeys().remove(Actor.of(who), site.passkey));
        ACTS.put(
                "UserGroups.create",
                (site, who) -> site.service.userGroups().create(Actor.of(who), "others", Set.of(who.id())));
        ACTS.put(
                "UserGroups.edit",
                (site, who) ->
                        site.service.userGroups().edit(Actor.of(who), site.people.id(), 1, null, Set.of(who.id())));
        ACTS.put(
                "UserGroups.delete",
                (site, who) -> site.service.userGroups().delete(Actor.of(who), site.people.id(), true));
        ACTS.put(
                "ApprovalGroups.create",
                (site, who) -> site.service
                        .approvalGroups()
                        .create(Actor.of(who), new ApprovalGroups.Change("more", Set.of("dev"), Set.of(who.id()), 1)));
        ACTS.put(
                "ApprovalGroups.edit",
                (site, who) -> site.service
                        .approvalGroups()
                        .edit(
                                Actor.of(who),
                                site.approvers,
                                1,
                                new ApprovalGroups.Change("fewer", null, null, null),
                                true));
        ACTS.put(
                "ApprovalGroups.delete",
                (site, who) -> site.service.approvalGroups().delete(Actor.of(who), site.approvers, true));
    }

    private static void ofNotices() {
        ACTS.put(
                "Webhooks.create",
                (site, who) ->
                        site.service.webhooks().create(Actor.of(who), URI.create("https://hooks.example/b"), Set.of()));
        ACTS.put(
                "Webhooks.edit",
                (site, who) -> site.service
                        .webhooks()
                        .edit(Actor.of(who), site.webhook.id(), 1, URI.create("https://hooks.example/c"), null));
        ACTS.put(
                "Webhooks.rotateSecret",
                (site, who) -> site.service.webhooks().rotateSecret(Actor.of(who), site.webhook.id()));
        ACTS.put("Webhooks.delete", (site, who) -> site.service.webhooks().delete(Actor.of(who), site.webhook.id()));
        ACTS.put("MasterKeys.rewrap", (site, who) -> site.service.masterKeys().rewrap(Actor.of(who)));
        ACTS.put("Contacts.reopen", (site, who) -> site.service.contacts().reopen(Actor.of(who), site.closed));
        ACTS.put("Outbox.retry", (site, who) -> site.service.outbox().retry(Actor.of(who), "dead"));
        ACTS.put("Backups.write", OperatorActs::backup);
        ACTS.put("Fence.lift", OperatorActs::liftFence);
        ACTS.put("Outbox.drop", (site, who) -> site.service.outbox().drop(Actor.of(who), "dead"));
    }

    private static void backup(OperatorActs site, Member who) {
        try {
            site.service.backups().write(Actor.of(who), OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void liftFence(OperatorActs site, Member who) {
        Instant now = site.house.clock.instant();
        FenceStatus status = new FenceStatus("backup-1", now, now, List.of(), 0, 0, List.of());
        site.house.memory.restore(List.of(new FenceRecord(true, status).record()), List.of());
        site.service.fence().lift(Actor.of(who), "backup-1");
    }

    @Override
    public void close() {
        service.close();
        house.close();
    }
}
