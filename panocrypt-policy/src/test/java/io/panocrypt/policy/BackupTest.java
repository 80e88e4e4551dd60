package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.backup.BackupReport;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.model.backup.InvalidBackupException;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    /** The kinds of record that a backup holds, as restored. */
    private static final List<String> HELD = List.of(
            RecordMapper.DEVICE,
            RecordMapper.NETWORK_ACCESS_LIST,
            RecordMapper.LOCKDOWN,
            RecordMapper.TEMPORARY_DENY,
            RecordMapper.MEMBER,
            RecordMapper.USER_GROUP,
            RecordMapper.APPROVAL_GROUP,
            RecordMapper.ENROLLMENT_KEY,
            RecordMapper.WEBHOOK,
            RecordMapper.CLOSED_CONTACT,
            RecordMapper.KNOWN_SOURCE,
            RecordMapper.PASSKEY,
            RecordMapper.SITE,
            RecordMapper.CUT);

    /** Those that end by themselves, and the requests, which a restore ends. */
    private static final List<String> LEFT_OUT = List.of(
            RecordMapper.REQUEST,
            RecordMapper.CHALLENGE,
            RecordMapper.ALIVE,
            RecordMapper.TALLY,
            RecordMapper.TRIAL,
            RecordMapper.FENCE,
            RecordMapper.SESSION,
            RecordMapper.NODE,
            // Made again from the journal.
            RecordMapper.KEY_USE,
            RecordMapper.KEY_USE_INDEX,
            RecordMapper.KEY_JOB,
            // It may have been read before the edit that still uses its key.
            RecordMapper.KEY_REMOVAL);

    @TempDir
    Path folder = Path.of("");

    private final OperatorActs acts = new OperatorActs();
    private final TestService house = acts.house;
    private final MemoryStore empty = new MemoryStore(house.clock, "node-1");

    @AfterEach
    void close() {
        acts.close();
    }

    private static byte[] backup(Panocrypt service) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        service.backups().write(OPERATOR, out);
        return out.toByteArray();
    }

    private Path file(byte[] backup) throws IOException {
        return Files.write(folder.resolve("backup"), backup);
    }

    private BackupFile open(byte[] backup) throws IOException {
        return BackupFile.open(file(backup), house.master);
    }

    private void restore(byte[] backup, Store store) throws IOException {
        try (BackupFile file = open(backup)) {
            file.restore(store, house.clock);
        }
    }

    private Panocrypt restored(byte[] backup) throws IOException {
        restore(backup, empty);
        return house.open(empty, house.custody);
    }

    private static void lift(Panocrypt service) {
        service.fence().lift(OPERATOR, service.fence().find().orElseThrow().backupId());
    }

    private static Map<String, List<PolicyRecord>> records(Store store) {
        Map<String, List<PolicyRecord>> records = new TreeMap<>();
        HELD.forEach(kind -> records.put(kind, PolicyCache.scanAll(store, kind, null)));
        return records;
    }

    private static List<JournalRow> rows(Store store) {
        return store.heads().stream()
                .flatMap(head -> store.chain(head.chain(), 0, 1000).stream())
                .toList();
    }

    @Test
    void knowsEveryKindOfRecord() throws IllegalAccessException {
        List<String> kinds = Stream.of(RecordMapper.class.getFields())
                .filter(field -> !field.getName().matches("FIRST_ADMINISTRATOR(_ID)?|OPEN"))
                .map(BackupTest::text)
                .sorted()
                .toList();
        assertEquals(
                kinds, Stream.concat(HELD.stream(), LEFT_OUT.stream()).sorted().toList());
    }

    private static String text(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void restoresAllThatOperatorsMadeAndTheWholeHistory() throws IOException {
        assertInstanceOf(
                UnlockResult.Answered.class, acts.service.unlock(TestService.attempt(house.device("plain-1"), HOME)));
        house.service.history().checkpoint();
        house.clock.advance(Duration.ofDays(10));
        house.service.history().cutBefore(OPERATOR, house.clock.instant().minus(Duration.ofDays(5)));
        byte[] backup = backup(house.service);
        Map<String, List<PolicyRecord>> before = records(house.memory);
        before.forEach((kind, found) -> assertFalse(found.isEmpty(), "the test site has no " + kind));
        List<JournalRow> journal = rows(house.memory);
        try (Panocrypt again = restored(backup)) {
            assertEquals(before, records(empty));
            List<JournalRow> after = rows(empty);
            assertEquals(journal, after.subList(0, journal.size()));
            assertEquals(journal.size() + 1, after.size());
            assertEquals(
                    "site.restore",
                    again.history().audit(null, 1).items().get(0).action());
            Verification found = again.history().verify();
            assertTrue(found.intact(), found.toString());
            assertTrue(found.chains().get(0).cut() > 0);
            lift(again);
            assertTrue(again.history().verify().intact());
        }
    }

    @Test
    void isBehindACheckpointOfLater() throws IOException {
        house.service.history().checkpoint();
        Checkpoint early = lastCheckpoint();
        byte[] backup = backup(house.service);
        house.device("later-1");
        house.service.history().checkpoint();
        Checkpoint late = lastCheckpoint();
        assertFalse(house.service.history().isBehind(late));
        try (Panocrypt again = restored(backup);
                TestService other = new TestService()) {
            assertTrue(again.history().isBehind(late));
            assertFalse(again.history().isBehind(early));
            assertFalse(other.service.history().isBehind(late), "another site's");
        }
        house.clock.advance(Duration.ofDays(10));
        house.service.history().cutBefore(OPERATOR, house.clock.instant().minus(Duration.ofDays(5)));
        assertFalse(house.service.history().isBehind(early), "retention has removed what it lists");
    }

    private Checkpoint lastCheckpoint() {
        JournalQuery newest = new JournalQuery(JournalEntry.Kind.CHECKPOINT, null, null, 1);
        return Json.read(house.memory.journal(newest).get(0).entry().body(), Checkpoint.class);
    }

    @Test
    void holdsTheSameAfterTwoRestores() throws IOException {
        byte[] first = backup(house.service);
        Map<String, List<PolicyRecord>> before = records(house.memory);
        MemoryStore second = new MemoryStore(house.clock, "node-1");
        try (Panocrypt again = restored(first)) {
            restore(backup(again), second);
        }
        assertEquals(before, records(second));
        try (Panocrypt twice = house.open(second, house.custody)) {
            assertTrue(twice.history().verify().intact());
            assertTrue(twice.fence().find().isPresent());
        }
    }

    @Test
    void saysWhatItHolds() throws IOException {
        try (BackupFile file = open(backup(house.service))) {
            BackupReport report = file.verify(house.custody);
            assertTrue(report.isGood(), report.toString());
            assertEquals(house.clock.instant(), report.time());
            assertEquals(3, report.records().get(RecordMapper.DEVICE));
            assertEquals(1, report.openGrants().size());
            assertEquals(rows(house.memory).size(), report.journal().rows());
        }
    }

    @Test
    void namesTheKeysThatDoNotOpen() throws IOException {
        Device device = house.device("odd-1");
        Device other = house.device("odd-2");
        PolicyRecord record = house.memory.get(RecordMapper.DEVICE, device.id()).orElseThrow();
        StoredDevice swapped = new StoredDevice(
                house.stored(device).device(), house.stored(other).keys());
        house.memory.restore(
                List.of(new PolicyRecord(
                        record.kind(),
                        record.id(),
                        record.version(),
                        RecordMapper.of(swapped).body(),
                        record.uniqueTerms(),
                        record.terms())),
                List.of());
        try (BackupFile file = open(backup(house.service))) {
            BackupReport report = file.verify(house.custody);
            assertFalse(report.isGood());
            assertEquals(2, report.unusableKeys().size(), report.toString());
            assertTrue(report.unusableKeys().get(0).startsWith("device odd-1, generation 1"), report.toString());
        }
    }

    @Nested
    class AFencedStore {
        private final Device device = house.device("fenced-1");

        @Test
        void answersNoMachineUntilTheFenceIsLifted() throws Exception {
            String secret = house.service
                    .enrollmentKeys()
                    .create(OPERATOR, EnrollmentKeyRequest.of("late", TestService.wanted("late")))
                    .secret();
            house.service
                    .lockdowns()
                    .list(null, 10)
                    .items()
                    .forEach(lockdown -> house.service.lockdowns().lift(OPERATOR, lockdown.id()));
            try (Panocrypt again = restored(backup(house.service));
                    Panocrypt neighbour = house.open(empty, house.custody)) {
                for (Panocrypt node : List.of(again, neighbour)) {
                    assertInstanceOf(UnlockResult.Unavailable.class, node.unlock(TestService.attempt(device, HOME)));
                    assertThrows(StoreException.class, () -> node.advertisement(device.token(), null));
                    assertThrows(StoreException.class, () -> node.alive(device.token(), TestService.address(HOME)));
                    EnrollmentAttempt attempt = new EnrollmentAttempt(secret, "new-1", Optional.empty(), false);
                    assertThrows(StoreException.class, () -> node.enroll(attempt));
                    assertTrue(node.unreadyReason().orElseThrow().startsWith("fenced"));
                }
                assertEquals(
                        OperationException.Kind.UNCONFIRMED,
                        assertThrows(
                                        OperationException.class,
                                        () -> again.fence().lift(OPERATOR, "another"))
                                .kind());
                assertTrue(neighbour.unreadyReason().isPresent());
                lift(again);
                for (Panocrypt node : List.of(again, neighbour)) {
                    assertEquals(Optional.empty(), node.unreadyReason());
                    assertInstanceOf(UnlockResult.Answered.class, node.unlock(TestService.attempt(device, HOME)));
                    assertTrue(node.advertisement(device.token(), null).isPresent());
                }
                assertEquals(
                        OperationException.Kind.NOT_FOUND,
                        assertThrows(
                                        OperationException.class,
                                        () -> again.fence().lift(OPERATOR, "x"))
                                .kind());
                assertEquals(
                        "fence.lift",
                        again.history().audit(null, 1).items().get(0).action());
            }
        }

        @Test
        void letsOperatorsRevokeAgainWhatWasRevokedSince() throws IOException {
            byte[] backup = backup(house.service);
            house.service.devices().revoke(OPERATOR, device.id(), "fenced-1");
            try (Panocrypt again = restored(backup)) {
                again.devices().revoke(OPERATOR, device.id(), "fenced-1");
                lift(again);
                assertInstanceOf(UnlockResult.NotFound.class, again.unlock(TestService.attempt(device, HOME)));
            }
        }

        @Test
        void saysWhatWasOpen() throws IOException {
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(3));
            byte[] backup = backup(house.service);
            List<ChainHead> heads = house.memory.heads();
            try (Panocrypt again = restored(backup)) {
                FenceStatus status = again.fence().find().orElseThrow();
                assertEquals(house.clock.instant(), status.backupTime());
                assertEquals(heads, status.heads());
                assertEquals(2, status.openGrants());
                assertEquals(1, status.openRequests());
                assertTrue(status.grants().stream()
                        .anyMatch(open -> open.deviceId().equals(device.id()) && open.usesLeft() == 3));
            }
        }
    }

    @Nested
    class WhatWasOpen {
        @Test
        void isNoAllowanceAnyMore() throws IOException {
            Device device = house.device("allowed-1");
            house.service.devices().disable(OPERATOR, device.id());
            house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
            byte[] backup = backup(house.service);
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
            try (Panocrypt again = restored(backup)) {
                lift(again);
                assertEquals(
                        new UnlockResult.Refused(Reason.DISABLED), again.unlock(TestService.attempt(device, HOME)));
                assertEquals(List.of(), again.allowances().open(device.id()));
            }
        }

        @Test
        void isNoApprovalAndNoRequestAnyMore() throws IOException {
            Device approved = house.service
                    .devices()
                    .create(OPERATOR, TestService.wanted("approved-1").withTags("prod"));
            Device waiting = house.device("waiting-1");
            Member approver = acts.mallory;
            house.service
                    .devices()
                    .edit(
                            OPERATOR,
                            waiting.id(),
                            waiting.version(),
                            DeviceChange.none().withTags("prod"),
                            true);
            assertInstanceOf(UnlockResult.Pending.class, house.unlock(approved, HOME));
            assertInstanceOf(UnlockResult.Pending.class, house.unlock(waiting, HOME));
            String request = house.service.approvals().list(ApprovalRequest.State.PENDING, null, 10).items().stream()
                    .filter(open -> open.deviceId().equals(approved.id()))
                    .map(ApprovalRequest::id)
                    .findFirst()
                    .orElseThrow();
            house.service.approvals().approve(approver, request, "", List.of());
            byte[] backup = backup(house.service);
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(approved, HOME));
            try (Panocrypt again = restored(backup)) {
                lift(again);
                assertEquals(
                        List.of(),
                        again.approvals()
                                .list(ApprovalRequest.State.PENDING, null, 10)
                                .items());
                assertEquals(
                        List.of(),
                        again.approvals()
                                .list(ApprovalRequest.State.APPROVED, null, 10)
                                .items());
                assertEquals(
                        ApprovalRequest.State.EXPIRED,
                        again.approvals().state(again.approvals().get(request)));
                assertThrows(
                        OperationException.class, () -> again.approvals().approve(approver, request, "", List.of()));
                assertInstanceOf(UnlockResult.Pending.class, again.unlock(TestService.attempt(approved, HOME)));
                assertInstanceOf(UnlockResult.Pending.class, again.unlock(TestService.attempt(waiting, HOME)));
            }
        }
    }

    @Nested
    class ARestore {
        @Test
        void refusesAStoreInUseAndChangesNothing() throws IOException {
            byte[] backup = backup(house.service);
            try (TestService other = new TestService()) {
                Map<String, List<PolicyRecord>> before = records(other.memory);
                List<JournalRow> journal = rows(other.memory);
                assertThrows(IllegalStateException.class, () -> restore(backup, other.memory));
                assertEquals(before, records(other.memory));
                assertEquals(journal, rows(other.memory));
                assertEquals(Optional.empty(), other.service.fence().find());
            }
        }

        @Test
        void refusesAStoreThatCannotBeRestoredInto() throws IOException {
            byte[] backup = backup(house.service);
            ForwardingStore bare = new ForwardingStore(empty) {
                @Override
                public boolean restores() {
                    return false;
                }
            };
            assertThrows(IllegalStateException.class, () -> restore(backup, bare));
            assertTrue(Panocrypt.isNew(empty));
        }

        /** Fails after each number of calls once, until it succeeds. */
        @Test
        void canBeInterruptedAnywhereAndRunAgain() throws IOException {
            byte[] backup = backup(house.service);
            AtomicInteger left = new AtomicInteger();
            int rounds = 0;
            while (true) {
                MemoryStore target = new MemoryStore(house.clock, "node-1");
                left.set(rounds++);
                try {
                    restore(backup, interrupted(target, left));
                    break;
                } catch (StoreException e) {
                    if (!Panocrypt.isNew(target)) {
                        assertThrows(IllegalStateException.class, () -> house.open(target, house.custody));
                    }
                    restore(backup, target);
                    assertEquals(records(house.memory), records(target), "after call " + rounds);
                    try (Panocrypt again = house.open(target, house.custody)) {
                        assertTrue(again.history().verify().intact());
                        assertTrue(again.unreadyReason().isPresent());
                    }
                }
            }
            assertTrue(rounds > 3, "only " + rounds + " calls");
        }

        private ForwardingStore interrupted(Store target, AtomicInteger left) {
            return new ForwardingStore(target) {
                private void step() {
                    if (left.getAndDecrement() == 0) {
                        throw new StoreException("interrupted, says the test");
                    }
                }

                @Override
                public WriteResult write(StoreWrite write) {
                    step();
                    return super.write(write);
                }

                @Override
                public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
                    step();
                    super.restore(records, rows);
                }
            };
        }

        @Test
        void completesNoRestoreOfAnotherBackup() throws IOException {
            byte[] backup = backup(house.service);
            byte[] later = backup(house.service);
            assertThrows(StoreException.class, () -> restore(backup, interrupted(empty, new AtomicInteger(1))));
            assertThrows(IllegalStateException.class, () -> restore(later, empty));
            restore(backup, empty);
            assertThrows(IllegalStateException.class, () -> restore(later, empty));
        }

        @Test
        void keepsOutAServiceThatOpensTheStoreMeanwhile() throws IOException {
            byte[] backup = backup(house.service);
            ForwardingStore overtaken = new ForwardingStore(empty) {
                @Override
                public WriteResult write(StoreWrite write) {
                    assertThrows(
                            StoreException.class,
                            () -> BackupTest.this.restore(backup, interrupted(empty, new AtomicInteger(1))));
                    return super.write(write);
                }
            };
            assertThrows(IllegalStateException.class, () -> house.open(overtaken, house.custody));
            restore(backup, empty);
            assertEquals(records(house.memory), records(empty));
        }

        @Test
        void yieldsToAServiceThatOpensTheStoreFirst() throws IOException {
            byte[] backup = backup(house.service);
            ForwardingStore overtaken = new ForwardingStore(empty) {
                @Override
                public WriteResult write(StoreWrite write) {
                    house.open(empty, house.custody).close();
                    return super.write(write);
                }
            };
            assertThrows(IllegalStateException.class, () -> restore(backup, overtaken));
            assertEquals(1, rows(empty).size());
            house.open(empty, house.custody).close();
        }
    }

    @Nested
    class AFileThatIsNotWhole {
        private void assertRefused(byte[] changed, String what) {
            assertThrows(InvalidBackupException.class, () -> restore(changed, empty), what);
            assertTrue(Panocrypt.isNew(empty), what);
            assertEquals(List.of(), rows(empty), what);
        }

        @Test
        void isRefusedWhereverItWasChanged() throws IOException {
            byte[] backup = backup(house.service);
            for (int i = 0; i < backup.length; i += Math.max(1, backup.length / 300)) {
                byte[] changed = backup.clone();
                changed[i] ^= 1;
                assertRefused(changed, "byte " + i);
            }
            for (int i = 0; i < 250; i++) {
                byte[] changed = backup.clone();
                changed[i] ^= 1;
                assertRefused(changed, "byte " + i);
            }
        }

        @Test
        void isRefusedWhereverItWasCut() throws IOException {
            byte[] backup = backup(house.service);
            for (int end = 0; end < backup.length; end += Math.max(1, backup.length / 100)) {
                assertRefused(Arrays.copyOf(backup, end), "cut at " + end);
            }
        }

        @Test
        void isRefusedUnderAnotherMasterKey() throws IOException {
            Path file = file(backup(house.service));
            try (MasterKey other = TestService.newMasterKey()) {
                InvalidBackupException refusal =
                        assertThrows(InvalidBackupException.class, () -> BackupFile.open(file, other));
                assertTrue(refusal.getMessage().contains("another master key"), refusal.getMessage());
            }
        }

        @Test
        void showsNoMasterKeyWhenItIsOpenAndWhenItIsRefused() throws IOException {
            Path file = file(backup(house.service));
            Path saved = file.resolveSibling("key");
            try (MasterKey other = TestService.newMasterKey();
                    BackupFile opened = BackupFile.open(file, house.master)) {
                other.save(saved);
                String key = Files.readString(saved).strip();
                StringWriter text = new StringWriter();
                assertThrows(InvalidBackupException.class, () -> BackupFile.open(file, other))
                        .printStackTrace(new PrintWriter(text));
                assertFalse(text.toString().contains(key), text.toString());
                house.master.save(file.resolveSibling("ours"));
                String ours = Files.readString(file.resolveSibling("ours")).strip();
                assertFalse((opened + opened.id() + text).contains(ours));
            }
        }

        @Test
        void isRefusedWhereSomethingElseIsSealed() throws IOException {
            assertRefused("an ordinary file\n".getBytes(StandardCharsets.US_ASCII), "no backup");
            assertRefused(new byte[10_000], "zeros");
        }

        @Test
        void isLeftWhereItCannotBeWritten() {
            OutputStream full = new OutputStream() {
                private int written;

                @Override
                public void write(int b) throws IOException {
                    if (++written > 1_000) {
                        throw new IOException("full, says the test");
                    }
                }
            };
            assertThrows(IOException.class, () -> house.service.backups().write(OPERATOR, full));
        }
    }

    @Test
    void isLeftWhereRetentionRemovesEntriesMeanwhile() {
        for (int i = 0; i < 3_000; i++) {
            JournalEntry entry =
                    new JournalEntry("old-" + i, JournalEntry.Kind.UNLOCK, house.clock.instant(), null, "{}");
            house.memory.write(StoreWrite.of(entry).build());
        }
        house.service.history().checkpoint();
        house.clock.advance(Duration.ofDays(10));
        OutputStream cutting = new OutputStream() {
            private int writes;

            @Override
            public void write(int b) {
                throw new IllegalStateException("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                // The line and the salt, and then the first chunk, in which the journal begins.
                if (++writes == 3) {
                    house.service
                            .history()
                            .cutBefore(OPERATOR, house.clock.instant().minus(Duration.ofDays(5)));
                }
            }
        };
        StoreException left =
                assertThrows(StoreException.class, () -> house.service.backups().write(OPERATOR, cutting));
        assertTrue(left.getMessage().contains("entries were removed"), left.getMessage());
    }

    @Test
    void isNotTakenWithoutAKey() throws IOException {
        try (Panocrypt keyless = Panocrypt.builder()
                .store(house.memory)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .build()) {
            assertFalse(keyless.backups().isEnabled());
            OperationException refusal = assertThrows(OperationException.class, () -> backup(keyless));
            assertEquals(OperationException.Kind.CONFLICT, refusal.kind());
        }
    }

    /** The last audit entry of a device has the version of the device that is stored beside it. */
    @Test
    void isConsistentUnderEdits() throws Exception {
        for (int i = 0; i < 30; i++) {
            house.device("busy-" + i);
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger edits = new AtomicInteger();
        Thread editor = new Thread(() -> {
            Random random = new Random(edits.get());
            while (!over.get()) {
                String name = "busy-" + random.nextInt(30);
                Device device = house.service.devices().byName(name).orElseThrow();
                house.service
                        .devices()
                        .edit(
                                OPERATOR,
                                device.id(),
                                device.version(),
                                DeviceChange.none().withTags("edit=" + edits.incrementAndGet()),
                                true);
                // Faster than any operator, with room for a backup to find a pause.
                LockSupport.parkNanos(2_000_000);
            }
        });
        editor.start();
        try {
            for (int i = 0; i < 5; i++) {
                MemoryStore target = new MemoryStore(house.clock, "node-1");
                restore(backup(house.service), target);
                assertConsistent(target);
            }
        } finally {
            over.set(true);
            editor.join();
        }
        assertTrue(edits.get() > 0);
    }

    private void assertConsistent(Store target) {
        Map<String, String> last = new TreeMap<>();
        for (ChainHead head : target.heads()) {
            for (long at = 0; at < head.sequence(); at += 1000) {
                target.chain(head.chain(), at, 1000).stream()
                        .map(JournalRow::entry)
                        .filter(entry -> entry.kind() == JournalEntry.Kind.AUDIT && entry.deviceId() != null)
                        .filter(entry -> entry.body().contains("busy-"))
                        .forEach(entry -> last.put(entry.deviceId(), versionAfter(entry.body())));
            }
        }
        assertFalse(last.isEmpty());
        last.forEach((id, version) -> assertEquals(
                version,
                Long.toString(target.get(RecordMapper.DEVICE, id).orElseThrow().version()),
                "device " + id));
    }

    private static String versionAfter(String body) {
        String after = body.substring(body.indexOf("\"after\""));
        return after.replaceAll("(?s).*\"version\":(\\d+).*", "$1");
    }
}
