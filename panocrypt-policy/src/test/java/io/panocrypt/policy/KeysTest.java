package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.keys.KeyGeneration;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.model.keys.KeyReport;
import io.panocrypt.policy.model.keys.KeyUse;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Last uses, the report, and the jobs on many devices. */
class KeysTest {
    private final TestService house = new TestService();
    private final Devices devices = house.service.devices();
    private final Keys keys = house.service.keys();

    @AfterEach
    void close() {
        house.close();
    }

    private Device device(String name, String... tags) {
        return devices.create(Actor.HOST, TestService.wanted(name).withTags(tags));
    }

    /** Of different ages, so that their order is known. */
    private List<Device> devices(int count) {
        List<Device> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(device("web-" + i, "prod"));
            pass(Duration.ofMillis(1));
        }
        return made;
    }

    private void answers(Device as) {
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(as, TestService.HOME));
    }

    private void pass(Duration time) {
        house.clock.advance(time);
    }

    private KeyJob start(KeyJob.Act act, Duration age, int pace) {
        return keys.start(Actor.HOST, act, Set.of("prod"), age, pace);
    }

    private int generations(Device device) {
        return house.current(device).keys().size();
    }

    private void assertRefused(OperationException.Kind kind, Runnable act) {
        assertEquals(kind, assertThrows(OperationException.class, act::run).kind());
    }

    @Test
    void showTheLastUseOfEachGeneration() {
        Device first = device("web-1");
        answers(first);
        pass(Duration.ofMinutes(1));
        Device second = devices.rotateKeys(Actor.HOST, first.id());
        Instant rotated = house.clock.instant();
        pass(Duration.ofMinutes(1));
        answers(second);
        Instant used = house.clock.instant();

        List<KeyGeneration> shown = keys.generations(first.id());

        assertEquals(2, shown.size());
        assertEquals(Optional.of(rotated), shown.get(0).key().hiddenSince());
        assertEquals(
                Optional.of(rotated.minusSeconds(60)), shown.get(0).lastUse().map(KeyUse::time));
        assertTrue(shown.get(0).provablyUnused(), "since it was hidden");
        assertEquals(
                Optional.of(new KeyUse(2, used, TestService.address(TestService.HOME), Outcome.ALLOWED)),
                shown.get(1).lastUse());
        pass(Duration.ofMinutes(1));
        answers(first);
        assertFalse(keys.generations(first.id()).get(0).provablyUnused());
    }

    /** A refusal counts as a use; and refusals share an entry that shows the key of the first only. */
    @Test
    void proveNothingWhereARefusalMayHideAnAttempt() {
        Device first = device("web-1");
        Device second = devices.rotateKeys(Actor.HOST, first.id());
        pass(Duration.ofMinutes(1));
        house.unlock(second, TestService.AWAY);
        KeyGeneration hidden = keys.generations(first.id()).get(0);
        assertEquals(Optional.empty(), hidden.lastUse());
        assertFalse(hidden.provablyUnused());
    }

    @Test
    void writeNothingMoreAtAnUnlock() {
        AtomicInteger writes = new AtomicInteger();
        Store counting = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                writes.incrementAndGet();
                assertEquals(1, write.entries().size());
                assertTrue(write.changes().stream()
                        .noneMatch(change -> change.toString().contains(RecordMapper.KEY_USE)));
                return super.write(write);
            }
        };
        Device device = device("web-1");
        try (Panocrypt node = house.open(counting, house.custody)) {
            writes.set(0);
            assertInstanceOf(UnlockResult.Answered.class, node.unlock(TestService.attempt(device, TestService.HOME)));
            assertEquals(1, writes.get());
        }
    }

    @Test
    void agreeOnAllNodesWhicheverReadsTheJournal() {
        Device first = device("web-1");
        try (Panocrypt other = house.open(house.memory, house.custody)) {
            for (int i = 0; i < 5; i++) {
                answers(first);
                pass(Duration.ofMinutes(1));
                (i % 2 == 0 ? other.keys() : keys).index();
                assertEquals(other.keys().generations(first.id()), keys.generations(first.id()));
            }
            Optional<Instant> used =
                    keys.generations(first.id()).get(0).lastUse().map(KeyUse::time);
            assertEquals(Optional.of(house.clock.instant().minusSeconds(60)), used);
        }
    }

    @Test
    void reportWhoStillUsesTheOldKeys() {
        List<Device> all = devices(7);
        device("other");
        pass(Duration.ofDays(100));
        all.subList(0, 5).forEach(old -> devices.rotateKeys(Actor.HOST, old.id()));
        pass(Duration.ofDays(1));
        for (Device old : all.subList(1, 4)) {
            answers(old);
        }
        Instant last = house.clock.instant();
        answers(house.current(all.get(4)));

        KeyReport report = keys.report("prod", null, null, 2);

        assertEquals(7, report.devices());
        assertEquals(5, report.withHidden());
        assertEquals(3, report.usingHidden());
        assertEquals(0, report.unproven());
        assertEquals(Optional.of(last), report.lastHiddenUse());
        assertTrue(report.current());
        assertEquals(
                List.of(7, 2, 2, 0, 0),
                report.ages().stream().map(KeyReport.Age::devices).toList());
        assertEquals(List.of("web-1", "web-2"), names(report));
        KeyReport rest = keys.report("prod", null, report.page().nextCursor().orElseThrow(), 2);
        assertEquals(List.of("web-3"), names(rest));
        assertEquals(Optional.empty(), rest.page().nextCursor());
        assertEquals(List.of("web-5", "web-6"), names(keys.report("prod", Duration.ofDays(30), null, 10)));
        assertEquals(8, keys.report(null, null, null, 10).devices());
    }

    private static List<String> names(KeyReport report) {
        return report.page().items().stream().map(KeyReport.Line::name).toList();
    }

    @Test
    void rotateAtAPaceAndGoOnWithAnotherNode() {
        List<Device> all = devices(10);
        Device other = device("other");
        pass(Duration.ofMinutes(1));
        KeyJob job = start(KeyJob.Act.ROTATE, Duration.ZERO, 60);
        keys.work();
        assertEquals(1, keys.job(job.id()).changed(), "one at once");
        keys.work();
        assertEquals(1, keys.job(job.id()).changed(), "and one each second");
        for (int i = 0; i < 4; i++) {
            pass(Duration.ofSeconds(1));
            keys.work();
        }
        assertEquals(5, keys.job(job.id()).changed());
        Device late = device("late", "prod");
        try (Panocrypt next = house.open(house.memory, house.custody)) {
            for (int i = 0; i < 20; i++) {
                pass(Duration.ofSeconds(1));
                next.keys().work();
                keys.work();
            }
        }
        KeyJob done = keys.job(job.id());
        assertEquals(KeyJob.State.DONE, done.state());
        assertEquals(10, done.changed());
        all.forEach(device -> assertEquals(2, generations(device)));
        assertEquals(1, generations(other), "another tag");
        assertEquals(1, generations(late), "made since");
        all.forEach(this::answers);
    }

    @Test
    void losesAndRepeatsNoDeviceWhateverFails() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Device> all = devices(12);
        pass(Duration.ofMinutes(1));
        start(KeyJob.Act.ROTATE, Duration.ZERO, 60);
        Store failing = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                boolean fails = random.nextInt(3) == 0;
                WriteResult result = fails && random.nextBoolean() ? null : super.write(write);
                if (fails) {
                    throw new io.panocrypt.policy.spi.store.StoreException("the outcome is unknown");
                }
                return result;
            }
        };
        // Not closed: its last act could fail.
        Panocrypt node = Panocrypt.builder()
                .store(failing)
                .custody(house.custody)
                .publicUrl(java.net.URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .build();
        for (int i = 0; i < 200 && keys.jobs(null, 1).items().get(0).state() == KeyJob.State.RUNNING; i++) {
            pass(Duration.ofSeconds(10));
            try {
                node.keys().work();
            } catch (io.panocrypt.policy.spi.store.StoreException e) {
                // The next run goes on.
            }
        }
        KeyJob done = keys.jobs(null, 1).items().get(0);
        assertEquals(KeyJob.State.DONE, done.state());
        all.forEach(device -> assertEquals(2, generations(device)));
        assertEquals(12, done.changed());
    }

    @Test
    void stopWhenTheyAreCancelled() {
        devices(3);
        pass(Duration.ofMinutes(1));
        KeyJob job = start(KeyJob.Act.ROTATE, Duration.ZERO, 1);
        keys.work();
        keys.cancel(Actor.HOST, job.id());
        pass(Duration.ofHours(1));
        keys.work();
        assertEquals(1, keys.job(job.id()).changed());
        assertEquals(KeyJob.State.CANCELLED, keys.job(job.id()).state());
        assertRefused(OperationException.Kind.CONFLICT, () -> keys.cancel(Actor.HOST, job.id()));
        List<String> actions = house.service.history().audit(null, 10).items().stream()
                .map(AuditRecord::action)
                .toList();
        assertTrue(
                actions.containsAll(List.of("key-job.start", "key-job.cancel", "device.rotate-keys")),
                actions::toString);
    }

    @Test
    void destroyOnlyWhatIsHiddenForLongAndProvablyUnused() {
        List<Device> all = devices(4);
        pass(Duration.ofMinutes(1));
        all.subList(0, 3).forEach(old -> devices.rotateKeys(Actor.HOST, old.id()));
        pass(Duration.ofDays(1));
        answers(all.get(0));
        house.unlock(house.current(all.get(1)), TestService.AWAY);
        answers(house.current(all.get(2)));
        pass(Duration.ofDays(40));
        Device young = devices.rotateKeys(Actor.HOST, all.get(3).id());
        pass(Duration.ofHours(1));

        KeyJob job = start(KeyJob.Act.DESTROY, Duration.ofDays(30), 6000);
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(1));
            keys.work();
        }

        KeyJob done = keys.job(job.id());
        assertEquals(KeyJob.State.DONE, done.state());
        assertEquals(1, done.changed());
        assertEquals(2, done.kept());
        assertEquals(2, generations(all.get(0)), "its old key is in use");
        assertEquals(2, generations(all.get(1)), "a refusal may hide a use");
        assertEquals(1, generations(all.get(2)));
        assertEquals(2, generations(young), "hidden for an hour");
        answers(all.get(0));
        assertInstanceOf(UnlockResult.NotFound.class, house.unlock(all.get(2), TestService.HOME));
        answers(house.current(all.get(2)));
    }

    @Test
    void proveNothingAboutAJournalThatWasCut() {
        Device first = device("web-1", "prod");
        answers(first);
        devices.rotateKeys(Actor.HOST, first.id());
        Device second = house.current(first);
        pass(Duration.ofDays(2));
        answers(second);
        house.service.history().checkpoint();
        house.service.history().cutBefore(Actor.HOST, house.clock.instant().minus(Duration.ofDays(1)));

        assertFalse(keys.generations(first.id()).get(0).provablyUnused());
        assertEquals(1, keys.report(null, null, null, 10).unproven());
    }

    @Test
    void rotateByThemselvesOnceADay() {
        Device old = device("web-1");
        pass(Duration.ofDays(200));
        Device young = device("web-2");
        keys.startScheduled(Duration.ofDays(180), 60);
        keys.startScheduled(Duration.ofDays(180), 60);
        for (int i = 0; i < 3; i++) {
            keys.work();
            pass(Duration.ofSeconds(1));
        }
        assertEquals(2, generations(old));
        assertEquals(1, generations(young));
        assertEquals(KeyJob.State.DONE, keys.job("scheduled").state());
        pass(Duration.ofDays(1));
        keys.startScheduled(Duration.ofDays(180), 60);
        assertEquals(KeyJob.State.RUNNING, keys.job("scheduled").state());
    }

    /** Machines unlock by their old keys all the while. */
    @Test
    @Tag("long")
    void rotateAThousandDevicesUnderLoad() throws Exception {
        List<Device> all = devices(1_000);
        pass(Duration.ofMinutes(1));
        KeyJob job = start(KeyJob.Act.ROTATE, Duration.ZERO, 6_000);
        AtomicBoolean rotates = new AtomicBoolean(true);
        AtomicInteger next = new AtomicInteger();
        List<Callable<Integer>> machines = Collections.nCopies(3, () -> {
            int unlocks = 0;
            while (rotates.get()) {
                answers(all.get(next.getAndIncrement() % 900));
                unlocks++;
            }
            return unlocks;
        });
        ExecutorService threads = Executors.newFixedThreadPool(machines.size());
        try {
            List<Future<Integer>> running =
                    machines.stream().map(threads::submit).toList();
            for (int i = 0; i < 1_000 && keys.job(job.id()).state() == KeyJob.State.RUNNING; i++) {
                pass(Duration.ofSeconds(1));
                keys.work();
            }
            rotates.set(false);
            for (Future<Integer> machine : running) {
                assertTrue(machine.get() > 0);
            }
        } finally {
            threads.shutdownNow();
        }
        KeyJob done = keys.job(job.id());
        assertEquals(KeyJob.State.DONE, done.state());
        assertEquals(1_000, done.changed());
        assertEquals(0, done.failed());
        all.forEach(device -> assertEquals(2, generations(device)));

        pass(Duration.ofDays(1));
        all.subList(0, 240).forEach(this::answers);
        all.subList(240, 1_000).forEach(device -> answers(house.current(device)));
        KeyReport report = keys.report("prod", null, null, 1_000);
        assertEquals(1_000, report.withHidden());
        assertTrue(report.usingHidden() >= 240, report::toString);
        assertEquals(0, report.unproven());
        int unused = 1_000 - report.usingHidden();

        pass(Duration.ofDays(30));
        KeyJob destruction = start(KeyJob.Act.DESTROY, Duration.ofDays(30), 6_000);
        for (int i = 0; i < 1_000 && keys.job(destruction.id()).state() == KeyJob.State.RUNNING; i++) {
            pass(Duration.ofSeconds(1));
            keys.work();
        }
        assertEquals(unused, keys.job(destruction.id()).changed());
        assertEquals(report.usingHidden(), keys.job(destruction.id()).kept());
        all.subList(0, 240).forEach(this::answers);
        for (Device old : all) {
            if (generations(old) == 1) {
                assertInstanceOf(UnlockResult.NotFound.class, house.unlock(old, TestService.HOME));
            }
            answers(house.current(old));
        }
        assertTrue(unused >= 100, "devices that no machine used");
    }

    @Test
    void refuseWhatIsNoJob() {
        assertRefused(OperationException.Kind.INVALID, () -> start(KeyJob.Act.ROTATE, Duration.ZERO, 0));
        assertRefused(OperationException.Kind.INVALID, () -> start(KeyJob.Act.ROTATE, Duration.ofDays(-1), 1));
        assertRefused(OperationException.Kind.INVALID, () -> start(KeyJob.Act.DESTROY, Duration.ofHours(23), 1));
        assertRefused(OperationException.Kind.NOT_FOUND, () -> keys.job("none"));
        assertEquals(List.of(), new ArrayList<>(keys.jobs(null, 10).items()));
    }
}
