package io.panocrypt.testkit.upgrade;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.EachMinute;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A small site with some objects of each kind, on a SQLite file, with a public test master key.
 *
 * <p>As a program it creates such a site and writes its database as SQL into the given file. The last release with
 * schema number NNN creates {@code schema-NNN.sql} in this way.
 */
final class StoredSite {
    static final Actor OPERATOR = Actor.HOST;
    static final Instant MADE = Instant.parse("2026-11-24T12:00:00.123Z");

    /** The waiting outbox entry. */
    static final OutboxEntry NOTICE = new OutboxEntry("notice-1", "topic", "lane", "{\"n\":1}");

    /** The bytes 0 to 31. */
    private static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";

    private static final IpAddress HOME = IpAddress.parse("10.0.0.1");
    private static final SecureRandom RANDOM = new SecureRandom();

    final JdbcStore store;
    final Panocrypt service;
    private final MasterKey master;

    private StoredSite(JdbcStore store, MasterKey master, Panocrypt service) {
        this.store = store;
        this.master = master;
        this.service = service;
    }

    /** Opens the site in a database file with the given time. */
    static StoredSite open(Path database, Instant now) throws IOException {
        Path key = database.resolveSibling("master-key");
        if (Files.notExists(key)) {
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, MASTER_KEY);
        }
        MutableClock clock = new MutableClock(now);
        JdbcStore store = JdbcStore.open(
                StoredDatabase.source(database),
                Dialect.SQLITE,
                "node-a",
                clock,
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        MasterKey master = MasterKey.load(key);
        return new StoredSite(
                store,
                master,
                Panocrypt.builder()
                        .store(store)
                        .custody(new SealedKeyCustody(master, new JcaEngine(RANDOM), RANDOM))
                        .publicUrl(URI.create("http://192.0.2.80:8080"))
                        .clock(clock)
                        .checkpointInterval(Duration.ZERO)
                        .limits(TestTimeout.SERVICE)
                        .noticeInterval(Duration.ZERO)
                        .build());
    }

    /** Arguments: the file to write. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("panocrypt-site");
        Path database = folder.resolve("site.db");
        make(database);
        Files.writeString(
                Path.of(arguments[0]),
                StoredDatabase.read(arguments[0], StoredDatabase.source(database))
                        .text());
        Files.delete(database);
        Files.delete(folder);
    }

    /** Creates the site's database in a new file. */
    static void make(Path database) throws IOException {
        StoredSite site = open(database, MADE);
        site.fill();
        site.close();
        Files.delete(database.resolveSibling("master-key"));
    }

    /** Creates all objects, and leaves two uses of an allowance, one of an approval, and a checkpoint. */
    private void fill() {
        Member ada = service.members()
                .create(OPERATOR, new MemberChange("ada", Role.APPROVER, List.of()), null)
                .member();
        service.userGroups().create(OPERATOR, "people", Set.of(ada.id()));
        service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(ada.id()), 1));
        String office = service.networkAccessLists()
                .create(OPERATOR, "office", List.of(Cidr.parse("10.0.0.0/24")), false)
                .id();
        service.enrollmentKeys()
                .create(
                        OPERATOR,
                        EnrollmentKeyRequest.of("rack", DeviceChange.none().withTags("prod")));
        DeviceChange small = DeviceChange.none().withCurve(Curve.P_256).withNetworkAccessLists(office);
        Device allowed = service.devices()
                .create(
                        OPERATOR,
                        DeviceChange.none()
                                .withCurve(Curve.P_256)
                                .withName("allowed")
                                .withSources("203.0.113.0/28"));
        service.allowances()
                .grant(
                        OPERATOR,
                        allowed.id(),
                        AllowanceRequest.defaults()
                                .withUses(3)
                                .withExpiresIn(Duration.ofDays(7))
                                .withAnySource()
                                .withSkips(AllowanceSkip.SOURCE));
        Device approved = service.devices()
                .create(OPERATOR, small.withName("approved").withTags("prod").withVolumes(2));
        Device disabled = service.devices().create(OPERATOR, small.withName("disabled"));
        service.devices().disable(OPERATOR, disabled.id());
        service.temporaryDenies().deny(OPERATOR, disabled.id(), null, Duration.ofHours(1), "lost");
        Device revoked = service.devices().create(OPERATOR, DeviceChange.none().withName("revoked"));
        service.devices().revoke(OPERATOR, revoked.id(), "revoked");
        Device rotated = service.devices().create(OPERATOR, small.withName("rotated"));
        service.devices().rotateKeys(OPERATOR, rotated.id());
        service.lockdowns().start(OPERATOR, List.of("lab"), "drill");
        ask(allowed);
        ask(approved);
        ApprovalRequest waiting = service.approvals()
                .list(ApprovalRequest.State.PENDING, null, 10)
                .items()
                .get(0);
        service.approvals().approve(ada, waiting.id(), "welcome", List.of());
        ask(approved);
        ask(disabled);
        store.write(StoreWrite.of().enqueue(List.of(NOTICE)).build());
        EachMinute.flush(service);
        EachMinute.checkpoint(service);
    }

    /** Asks for the multiple of the generator, which is the public half of the answering key. */
    UnlockResult ask(Device device) {
        String kid = device.advertised().get(0).exchange().kid();
        try {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(
                    device.advertised().get(0).exchange().point().curve())));
            return service.unlock(new UnlockAttempt(device.token(), kid, request, Optional.of(HOME)));
        } catch (RecoveryRequestException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Device device(String name) {
        return service.devices().byName(name).orElseThrow();
    }

    void close() {
        service.close();
        store.close();
        master.close();
    }
}
