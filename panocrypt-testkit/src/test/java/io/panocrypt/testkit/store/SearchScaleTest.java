package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.History;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches a large journal and a hundred thousand devices on SQLite, and prints how long each page takes.
 * {@code -Dpanocrypt.searchRows} and {@code -Dpanocrypt.searchDevices} change the numbers.
 */
@Tag("long")
class SearchScaleTest {
    private static final int ROWS = Integer.getInteger("panocrypt.searchRows", 200_000);
    private static final int DEVICES = Integer.getInteger("panocrypt.searchDevices", 100_000);
    private static final int BATCH = 1_000;
    private static final int RUNS = 9;
    private static final int PAGE = 50;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String HOME = "10.0.0.1";
    private static final String AWAY = "192.0.2.1";

    /** Of a month: one entry each 2.6 s with a million. */
    private static final Duration STEP = Duration.ofDays(30).dividedBy(ROWS);

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));

    @Test
    void answersInTime(@TempDir Path folder) throws Exception {
        SecureRandom random = new SecureRandom();
        JdbcSettings settings = JdbcSettings.DEFAULTS.with(TestTimeout.MAX);
        try (MasterKey master = MasterKey.create(folder.resolve("master-key"), random);
                JdbcStore store = JdbcStore.openSqlite(folder.resolve("search.db"), "node-a", clock, settings);
                Panocrypt service = Panocrypt.builder()
                        .store(store)
                        .custody(new SealedKeyCustody(master, new JcaEngine(random), random))
                        .publicUrl(URI.create("http://192.0.2.80"))
                        .clock(clock)
                        .checkpointInterval(Duration.ZERO)
                        .limits(TestTimeout.SERVICE)
                        .build()) {
            Device template = service.devices()
                    .create(
                            Actor.HOST,
                            DeviceChange.none()
                                    .withName("template")
                                    .withSources("10.0.0.0/24")
                                    .withTags("rack=17")
                                    .withCurve(Curve.P_256));
            fillDevices(store, template);
            fillJournal(store, service, template);
            search(service);
        }
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "device%020d", number);
    }

    private static void fillDevices(JdbcStore store, Device template) {
        PolicyRecord record = store.get(PolicyRecord.DEVICE, template.id()).orElseThrow();
        for (int from = 0; from < DEVICES; from += BATCH) {
            List<PolicyRecord> copies = new ArrayList<>();
            for (int i = from; i < Math.min(DEVICES, from + BATCH); i++) {
                String token = String.format(Locale.ROOT, "token%021d", i);
                String name = String.format(Locale.ROOT, "host-%06d", i);
                String copyId = id(i);
                boolean isRare = i % 50_000 == 49_999;
                String body = changed(record.body(), template, copyId, name, token);
                copies.add(new PolicyRecord(
                        record.kind(),
                        copyId,
                        1,
                        isRare ? body.replace("rack=17", "rare") : body,
                        record.uniqueTerms().stream()
                                .map(term -> changed(term, template, copyId, name, token))
                                .collect(Collectors.toSet()),
                        isRare ? Set.of("tag:rare") : record.terms()));
            }
            store.restore(copies, List.of());
        }
    }

    private static String changed(String text, Device template, String id, String name, String token) {
        return text.replace(template.id(), id).replace(template.token(), token).replace(template.name(), name);
    }

    private void fillJournal(JdbcStore store, Panocrypt service, Device template) throws Exception {
        String allowed = attempt(store, service, template, HOME);
        String denied = attempt(store, service, template, AWAY);
        String edit = store.journal(new JournalQuery(JournalEntry.Kind.AUDIT, template.id(), null, 1))
                .get(0)
                .entry()
                .body();
        Instant time = clock.instant();
        for (int from = 0; from < ROWS; from += BATCH) {
            List<JournalEntry> entries = new ArrayList<>();
            for (int i = from; i < Math.min(ROWS, from + BATCH); i++) {
                time = time.plus(STEP);
                boolean isEdit = i % 10 == 0;
                // One in a hundred is refused, and comes from elsewhere; five in a million are by somebody else.
                boolean isDenied = i % 100 == 1;
                String body = isEdit
                        ? i % 200_000 == 0 ? edit.replace("\"host\"", "\"eva\"") : edit
                        : isDenied ? denied.replace(AWAY, "192.0.2." + i / 100 % 250) : allowed;
                entries.add(new JournalEntry(
                        String.format(Locale.ROOT, "row%023d", i),
                        isEdit ? JournalEntry.Kind.AUDIT : JournalEntry.Kind.UNLOCK,
                        Instant.ofEpochMilli(time.toEpochMilli()),
                        id(i % DEVICES),
                        body));
            }
            store.write(StoreWrite.of(entries).build());
        }
        clock.set(time.plusSeconds(1));
    }

    private static String attempt(JdbcStore store, Panocrypt service, Device device, String source) throws Exception {
        String kid = device.advertised().get(0).exchange().kid();
        service.unlock(new UnlockAttempt(
                device.token(),
                kid,
                RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256))),
                Optional.of(IpAddress.parse(source))));
        return store.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, device.id(), null, 1))
                .get(0)
                .entry()
                .body();
    }

    private void search(Panocrypt service) {
        History history = service.history();
        Devices devices = service.devices();
        Instant now = clock.instant();
        HistoryFilter all = HistoryFilter.ALL;
        HistoryFilter old = all.withTimes(now.minus(Duration.ofDays(20)), now.minus(Duration.ofDays(19)));
        print("history, newest page", () -> history.searchUnlocks(all, null, PAGE));
        print("history of a day, 20 days ago", () -> history.searchUnlocks(old, null, PAGE));
        print("history of one device", () -> history.searchUnlocks(all.withDevice(id(7)), null, PAGE));
        Page<?> denied =
                print("refused (1 in 90)", () -> history.searchUnlocks(all.withOutcome(Outcome.DENIED), null, PAGE));
        assertEquals(PAGE, denied.items().size());
        print("refused, 20 days ago", () -> history.searchUnlocks(old.withOutcome(Outcome.DENIED), null, PAGE));
        print("from one address", () -> history.searchUnlocks(all.withSource(Cidr.parse("192.0.2.7")), null, PAGE));
        Page<?> never = print(
                "from an address that never asked",
                () -> history.searchUnlocks(all.withSource(Cidr.parse("::1")), null, PAGE));
        assertTrue(never.nextCursor().isPresent());
        print("audit, newest page", () -> history.searchAudit(all, null, PAGE));
        print("audit by a rare actor", () -> history.searchAudit(all.withActor("eva"), null, PAGE));
        Page<Device> named = print("devices host-0420..", () -> devices.list(named("host-0420"), null, PAGE));
        assertEquals("host-042000", DEVICES > 42_000 ? named.items().get(0).name() : "host-042000");
        Page<Device> first = devices.list(named("host-"), null, PAGE);
        print(
                "devices host-.., second page",
                () -> devices.list(named("host-"), first.nextCursor().orElseThrow(), PAGE));
        assertFalse(first.items().isEmpty());
        print("devices, oldest page", () -> devices.list(Devices.Filter.ALL, null, PAGE));
        print(
                "devices with a rare tag",
                () -> devices.list(new Devices.Filter(null, "rare", null, null, null, null), null, PAGE));
        print(
                "devices whose name contains 999",
                () -> devices.list(new Devices.Filter(null, null, null, null, "999", null), null, PAGE));
    }

    private static Devices.Filter named(String prefix) {
        return new Devices.Filter(null, null, null, prefix, null, null);
    }

    private static <T> Page<T> print(String name, Supplier<Page<T>> search) {
        long[] wall = new long[RUNS];
        long[] processor = new long[RUNS];
        Page<T> page = search.get();
        for (int i = 0; i < RUNS; i++) {
            long begin = System.nanoTime();
            // On SQLite all of it runs on this thread, so this says what an idle machine would take.
            long used = THREADS.getCurrentThreadCpuTime();
            page = search.get();
            processor[i] = THREADS.getCurrentThreadCpuTime() - used;
            wall[i] = System.nanoTime() - begin;
        }
        Arrays.sort(wall);
        Arrays.sort(processor);
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d | %d | %.1f | %.1f | %.1f |%n",
                name,
                page.examined(),
                page.items().size(),
                processor[RUNS / 2] / 1e6,
                wall[RUNS / 2] / 1e6,
                wall[RUNS - 1] / 1e6);
        return page;
    }
}
