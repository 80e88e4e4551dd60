package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.journal.ExportRow;
import io.panocrypt.policy.internal.records.Budget;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.unlock.AttemptEntry;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistorySearchTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HistoryFilter ALL = HistoryFilter.ALL;

    private final TestService house = new TestService();
    private final History history = house.service.history();
    private final Instant noon = Instant.parse("2026-03-01T12:00:00Z");
    private int written;

    @BeforeEach
    void nothingElseIsInTheAuditOfThisTime() {
        assertEquals(List.of(), audit(ALL.withTimes(noon, null)));
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void attempt(Instant time, String device, String source, Outcome outcome) {
        AttemptEntry body = new AttemptEntry(
                source.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(source)),
                "kid" + written,
                outcome,
                outcome == Outcome.ALLOWED ? Reason.ALLOWED : Reason.DISABLED,
                1,
                Map.of(),
                Optional.empty(),
                "",
                Optional.empty());
        write(JournalEntry.Kind.UNLOCK, time, device, Json.write(body));
    }

    private void edit(Instant time, String actor, String action) {
        write(
                JournalEntry.Kind.AUDIT,
                time,
                "dev-1",
                Json.write(new PolicyEditor.AuditBody(actor, action, "device", "dev-1", null, null)));
    }

    private void write(JournalEntry.Kind kind, Instant time, String device, String body) {
        house.memory.write(StoreWrite.of(new JournalEntry("entry-" + written++, kind, time, device, body))
                .build());
    }

    private List<String> kids(HistoryFilter filter) {
        return history.searchUnlocks(filter, null, 1000).items().stream()
                .map(UnlockRecord::kid)
                .toList();
    }

    private List<String> audit(HistoryFilter filter) {
        return history.searchAudit(filter, null, 1000).items().stream()
                .map(AuditRecord::action)
                .toList();
    }

    @Test
    void findsAttemptsByTimeDeviceOutcomeAndSource() {
        attempt(noon, "dev-1", "192.0.2.1", Outcome.ALLOWED);
        attempt(noon.plusMillis(1), "dev-2", "192.0.2.200", Outcome.DENIED);
        attempt(noon.plusMillis(2), "dev-1", "2001:db8::1", Outcome.DENIED);
        attempt(noon.plusMillis(3), "dev-1", "", Outcome.PENDING);
        assertEquals(List.of("kid3", "kid2", "kid1", "kid0"), kids(ALL));
        assertEquals(List.of("kid2", "kid1"), kids(ALL.withTimes(noon.plusMillis(1), noon.plusMillis(3))));
        assertEquals(List.of("kid3", "kid2", "kid0"), kids(ALL.withDevice("dev-1")));
        assertEquals(List.of("kid2", "kid1"), kids(ALL.withOutcome(Outcome.DENIED)));
        assertEquals(List.of("kid1", "kid0"), kids(ALL.withSource(Cidr.parse("192.0.2.0/24"))));
        assertEquals(List.of("kid0"), kids(ALL.withSource(Cidr.parse("192.0.2.1"))));
        assertEquals(List.of("kid2"), kids(ALL.withDevice("dev-1").withOutcome(Outcome.DENIED)));
        assertEquals(List.of(), kids(ALL.withDevice("dev-2").withOutcome(Outcome.PENDING)));
    }

    @Test
    void takesTheBeginningAndNotTheEnd() {
        attempt(noon, "dev-1", "192.0.2.1", Outcome.ALLOWED);
        assertEquals(List.of("kid0"), kids(ALL.withTimes(noon, noon.plusMillis(1))));
        assertEquals(List.of("kid0"), kids(ALL.withTimes(noon, noon.plusNanos(1))));
        assertEquals(List.of(), kids(ALL.withTimes(null, noon)));
        assertEquals(List.of(), kids(ALL.withTimes(noon.plusNanos(1), null)));
    }

    @Test
    void findsEditsByActorAndAction() {
        edit(noon, "eva", "device.disable");
        edit(noon.plusMillis(1), "host", "device.enable");
        edit(noon.plusMillis(2), "eva", "devices.other");
        HistoryFilter since = ALL.withTimes(noon, null);
        assertEquals(List.of("devices.other", "device.disable"), audit(since.withActor("eva")));
        assertEquals(List.of("device.enable"), audit(since.withAction("device.enable")));
        assertEquals(List.of("device.enable", "device.disable"), audit(since.withAction("device")));
        assertEquals(List.of("device.disable"), audit(since.withActor("eva").withAction("device")));
        assertEquals(List.of(), audit(since.withDevice("dev-2")));
    }

    @Test
    void includesCountsThatFit() {
        var device = house.device("web-1");
        house.loop(device, TestService.AWAY, 3, Duration.ofSeconds(1));
        HistoryFilter denied = ALL.withDevice(device.id()).withOutcome(Outcome.DENIED);
        assertEquals(2, kids(denied).size());
        assertEquals(kids(denied), kids(denied.withSource(Cidr.parse(TestService.AWAY))));
        assertEquals(List.of(), kids(denied.withSource(Cidr.parse("198.51.100.1"))));
        assertEquals(List.of(), kids(denied.withTimes(house.clock.instant(), null)));
    }

    @Test
    void refusesWhatCanFitNothing() {
        for (HistoryFilter filter : List.of(
                ALL.withActor("eva"),
                ALL.withAction("device"),
                ALL.withTimes(noon, noon),
                ALL.withTimes(Instant.MIN, null),
                ALL.withTimes(null, Instant.MAX))) {
            assertInvalid(() -> history.searchUnlocks(filter, null, 10));
        }
        assertInvalid(() -> history.searchAudit(ALL.withOutcome(Outcome.DENIED), null, 10));
        assertInvalid(() -> history.searchAudit(ALL.withSource(Cidr.parse("::/0")), null, 10));
        assertInvalid(
                () -> history.export(ALL.withActor("eva").withOutcome(Outcome.DENIED), new ByteArrayOutputStream()));
    }

    private static void assertInvalid(org.junit.jupiter.api.function.Executable search) {
        assertEquals(
                OperationException.Kind.INVALID,
                assertThrows(OperationException.class, search).kind());
    }

    @Test
    void stopsAtItsBudgetAndGoesOn() {
        attempt(noon, "dev-1", "192.0.2.1", Outcome.DENIED);
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < Budget.MAX_EXAMINED + 5; i++) {
            entries.add(new JournalEntry("more-" + i, JournalEntry.Kind.UNLOCK, noon.plusMillis(i), "dev-1", body()));
        }
        for (int i = 0; i < entries.size(); i += 20) {
            house.memory.write(StoreWrite.of(entries.subList(i, Math.min(entries.size(), i + 20)))
                    .build());
        }
        Page<UnlockRecord> first = history.searchUnlocks(ALL.withOutcome(Outcome.DENIED), null, 10);
        assertEquals(List.of(), first.items());
        assertEquals(Budget.MAX_EXAMINED, first.examined());
        Page<UnlockRecord> second = history.searchUnlocks(
                ALL.withOutcome(Outcome.DENIED), first.nextCursor().orElseThrow(), 10);
        assertEquals(
                List.of("kid0"), second.items().stream().map(UnlockRecord::kid).toList());
        assertEquals(6, second.examined());
        assertTrue(second.nextCursor().isEmpty());
    }

    private String body() {
        return Json.write(new AttemptEntry(
                Optional.empty(),
                "kid",
                Outcome.ALLOWED,
                Reason.ALLOWED,
                1,
                Map.of(),
                Optional.empty(),
                "",
                Optional.empty()));
    }

    @Test
    void stopsWhenItsTimeIsOver() {
        for (int i = 0; i < 250; i++) {
            attempt(noon.plusMillis(i), "dev-1", "192.0.2.1", i == 0 ? Outcome.DENIED : Outcome.ALLOWED);
        }
        ForwardingStore slow = new ForwardingStore(house.memory) {
            @Override
            public List<JournalRow> journal(JournalQuery query) {
                house.clock.advance(Budget.MAX_TIME);
                return super.journal(query);
            }
        };
        try (Panocrypt other = house.open(slow, house.custody)) {
            Page<UnlockRecord> first = other.history().searchUnlocks(ALL.withOutcome(Outcome.DENIED), null, 10);
            assertEquals(List.of(), first.items());
            assertEquals(100, first.examined());
            Page<UnlockRecord> second = other.history()
                    .searchUnlocks(
                            ALL.withOutcome(Outcome.DENIED), first.nextCursor().orElseThrow(), 10);
            assertEquals(100, second.examined());
            assertTrue(second.nextCursor().isPresent());
        }
    }

    @Test
    void endsAtTheBeginningOfTheTimeWithoutReadingOn() {
        for (int i = 0; i < 50; i++) {
            attempt(noon.plusMillis(i), "dev-1", "192.0.2.1", Outcome.ALLOWED);
        }
        Page<UnlockRecord> page =
                history.searchUnlocks(ALL.withTimes(noon.plusMillis(40), null).withOutcome(Outcome.DENIED), null, 10);
        assertEquals(10, page.examined());
        assertTrue(page.nextCursor().isEmpty());
    }

    @Test
    void findsWhatALookAtEveryEntryFinds() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            Instant time = noon.plusMillis(random.nextInt(200));
            if (random.nextInt(4) == 0) {
                edit(time, "actor-" + random.nextInt(3), "kind-" + random.nextInt(2) + ".act-" + random.nextInt(2));
            } else {
                attempt(
                        time,
                        "dev-" + random.nextInt(3),
                        random.nextInt(5) == 0 ? "" : "10.0." + random.nextInt(3) + "." + random.nextInt(3),
                        Outcome.values()[random.nextInt(3)]);
            }
        }
        List<UnlockRecord> attempts = history.unlocks(null, null, 1000).items();
        List<AuditRecord> edits = history.audit(null, 1000).items();
        for (int i = 0; i < 100; i++) {
            Instant from = noon.plusMillis(random.nextInt(200));
            HistoryFilter times = random.nextBoolean()
                    ? ALL.withTimes(from, from.plusMillis(1 + random.nextInt(100)))
                    : ALL.withTimes(null, random.nextBoolean() ? from : null);
            HistoryFilter some = times.withDevice(random.nextBoolean() ? null : "dev-" + random.nextInt(3))
                    .withOutcome(random.nextBoolean() ? null : Outcome.values()[random.nextInt(3)])
                    .withSource(random.nextBoolean() ? null : Cidr.parse("10.0." + random.nextInt(3) + ".0/24"));
            HistoryFilter acts = times.withActor(random.nextBoolean() ? null : "actor-" + random.nextInt(3))
                    .withAction(random.nextBoolean() ? null : "kind-" + random.nextInt(2));
            int limit = 1 + random.nextInt(50);
            assertEquals(
                    attempts.stream().filter(some::admits).toList(),
                    whole(cursor -> history.searchUnlocks(some, cursor.orElse(null), limit)),
                    "seed " + seed + " " + some);
            assertEquals(
                    edits.stream().filter(acts::admits).toList(),
                    whole(cursor -> history.searchAudit(acts, cursor.orElse(null), limit)),
                    "seed " + seed + " " + acts);
        }
    }

    private static <T> List<T> whole(Function<Optional<String>, Page<T>> read) {
        List<T> all = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<T> page = read.apply(cursor);
            all.addAll(page.items());
            cursor = page.nextCursor();
        } while (cursor.isPresent());
        return all;
    }

    @Test
    void exportsWhatFits(@TempDir Path folder) throws IOException {
        attempt(noon, "dev-1", "192.0.2.1", Outcome.DENIED);
        edit(noon.plusMillis(1), "eva", "device.disable");
        attempt(noon.plusMillis(2), "dev-1", "192.0.2.1", Outcome.ALLOWED);
        attempt(noon.plusMillis(3), "dev-2", "192.0.2.1", Outcome.DENIED);
        write(JournalEntry.Kind.UNLOCK, noon.plusMillis(4), "dev-1", "unreadable");
        List<String> lines = export(ALL.withTimes(noon, null).withDevice("dev-1"));
        JsonNode first = JSON.readTree(lines.get(0));
        assertEquals("panocrypt-history-selection-1", first.path("format").asText());
        assertEquals("dev-1", first.path("filter").path("deviceId").asText());
        assertEquals(List.of("entry-4", "entry-2", "entry-0", "entry-1"), ids(lines));
        assertEquals(List.of("entry-4", "entry-3", "entry-0"), ids(export(ALL.withOutcome(Outcome.DENIED))));
        assertEquals(List.of("entry-1"), ids(export(ALL.withActor("eva"))));
        Path file = Files.write(folder.resolve("selection"), lines);
        String refusal =
                assertThrows(IOException.class, () -> HistoryExport.open(file)).getMessage();
        assertTrue(refusal.contains("a selection of a history"), refusal);
        assertEquals(
                house.memory.chain("node-1", 0, 1000).stream()
                        .filter(row -> row.entry().id().equals("entry-0"))
                        .findFirst(),
                ExportRow.parse(lines.get(3)));
    }

    private List<String> export(HistoryFilter filter) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        history.export(filter, out);
        return List.of(out.toString(StandardCharsets.US_ASCII).split("\n"));
    }

    private static List<String> ids(List<String> lines) {
        return lines.stream()
                .skip(1)
                .map(line -> ExportRow.parse(line).orElseThrow().entry().id())
                .toList();
    }

    @Test
    void namesWhatCannotBeRead() {
        attempt(noon, "dev-1", "192.0.2.1", Outcome.DENIED);
        write(JournalEntry.Kind.UNLOCK, noon.plusMillis(1), "dev-1", "unreadable");
        Page<UnlockRecord> page = history.searchUnlocks(ALL.withOutcome(Outcome.DENIED), null, 10);
        assertEquals(1, page.items().size());
        assertEquals(1, page.unreadable().size());
    }
}
