package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.internal.journal.ExportRow;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HistoryExportTest extends ExportFixture {
    @Nested
    class AnExport {
        @Test
        void holdsEveryRowBehindItsHeader() throws IOException {
            List<String> lines = export(history);
            assertEquals(11, lines.size());
            ObjectNode header = (ObjectNode) JSON.readTree(lines.get(0));
            assertEquals("panocrypt-history-1", header.path("format").asText());
            assertEquals(
                    history.checkpointKey().toJson(),
                    header.path("checkpointKey").toString());
            List<JournalRow> rows = house.memory.chain("node-1", 0, 1000);
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(Optional.of(rows.get(i)), ExportRow.parse(lines.get(i + 1)));
            }
        }

        @Test
        void provesItsOwnEnd() throws IOException {
            assertEquals(
                    new Verification(true, 10, Optional.empty(), List.of(new Verification.Chain("node-1", 0, 10, 10))),
                    verify(export(history)));
        }

        @Test
        void changesNothing() throws IOException {
            export(history);
            assertEquals(10, house.memory.chain("node-1", 0, 1000).size());
        }

        @Test
        void isAsciiWhateverNamesHold() throws IOException {
            house.memory.write(StoreWrite.of(new JournalEntry(
                            "odd",
                            JournalEntry.Kind.AUDIT,
                            house.clock.instant(),
                            "I\u0131",
                            "{\"\u0130\":\"\uD83D\uDD12\n\"}"))
                    .build());
            List<String> lines = export(history);
            assertTrue(lines.stream()
                    .allMatch(line -> StandardCharsets.US_ASCII.newEncoder().canEncode(line)));
            assertTrue(verify(lines).intact());
        }

        @Test
        void beginsAtTheCut() throws IOException {
            house.clock.advance(Duration.ofDays(10));
            history.cutBefore(OPERATOR, house.clock.instant().minus(Duration.ofDays(5)));
            List<String> lines = export(history);
            assertEquals(
                    new Verification(true, 3, Optional.empty(), List.of(new Verification.Chain("node-1", 8, 11, 11))),
                    verify(lines));
            assertBroken("node-1", 1, changedCuts(lines, ""));
            assertBroken("node-1", 1, changedCuts(lines, "{\"cut\":\"{}\",\"signature\":\"AAAA\"}"));
        }

        private List<String> changedCuts(List<String> lines, String cuts) throws IOException {
            List<String> changed = new ArrayList<>(lines);
            changed.set(0, lines.get(0).replaceFirst("\"cuts\":\\[.*]}$", "\"cuts\":[" + cuts + "]}"));
            return changed;
        }

        @Test
        void isOfNoUseWhereRowsWereRemovedMeanwhile() {
            house.clock.advance(Duration.ofDays(10));
            ByteArrayOutputStream out = new ByteArrayOutputStream() {
                @Override
                public void write(int b) {
                    super.write(b);
                    if (b == '\n' && size() < 2_000) {
                        history.cutBefore(OPERATOR, house.clock.instant().minus(Duration.ofDays(5)));
                    }
                }
            };
            StoreException failed = assertThrows(StoreException.class, () -> history.export(out));
            assertTrue(failed.getMessage().contains("export it again"), failed.getMessage());
        }

        @Test
        void failsWhereItCannotBeWritten() {
            OutputStream full = new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("full, says the test");
                }
            };
            assertThrows(IOException.class, () -> history.export(full));
        }
    }

    @Nested
    class BesideTheLog {
        /** The content of the log; the journal's entries 6 and 9 list entries 5 and 8. */
        private List<Checkpoint> logged() {
            return house.memory.chain("node-1", 0, 1000).stream()
                    .filter(row -> row.entry().kind() == JournalEntry.Kind.CHECKPOINT)
                    .map(row -> Checkpoint.in("INFO: "
                                    + Json.read(row.entry().body(), Checkpoint.class)
                                            .line())
                            .orElseThrow())
                    .toList();
        }

        /** The site's database was truncated to its seventh entry, with all later checkpoints. */
        private List<String> cutBack() throws IOException {
            List<JournalRow> kept = house.memory.chain("node-1", 0, 7);
            ForwardingStore back = new ForwardingStore(house.memory) {
                @Override
                public List<ChainHead> heads() {
                    return List.of(ChainHead.of(kept.get(6)));
                }

                @Override
                public List<JournalRow> chain(String chain, long after, int limit) {
                    return kept.stream()
                            .filter(row -> row.sequence() > after)
                            .limit(limit)
                            .toList();
                }
            };
            try (Panocrypt service = house.open(back, house.custody)) {
                return export(service.history());
            }
        }

        @Test
        void agrees() throws IOException {
            assertEquals(2, logged().size());
            assertTrue(
                    verify(export(history), logged().toArray(Checkpoint[]::new)).intact());
        }

        @Test
        void showsAnEndThatWasCutOffBeforeTheExport() throws IOException {
            List<String> lines = cutBack();
            assertTrue(verify(lines).intact(), "nothing inside tells");
            Verification found = verify(lines, logged().toArray(Checkpoint[]::new));
            assertEquals(
                    new Verification.Break("node-1", 8, "missing, although a checkpoint lists it"),
                    found.brokenAt().orElseThrow());
        }

        @Test
        void maySayMoreThanTheExportWhereItWentOn() throws IOException {
            List<String> lines = export(history);
            house.clock.advance(Duration.ofMillis(1));
            attempts(4);
            history.checkpoint();
            assertEquals(3, logged().size());
            assertTrue(verify(lines, logged().toArray(Checkpoint[]::new)).intact());
        }

        @Test
        void isNotBelievedWhereAnotherKeySigned() throws IOException {
            try (TestService other = new TestService()) {
                other.device("web-1");
                other.service.history().checkpoint();
                Checkpoint foreign = Json.read(
                        other.memory.chain("node-1", 2, 1).get(0).entry().body(), Checkpoint.class);
                Verification found = verify(export(history), foreign);
                assertEquals("log", found.brokenAt().orElseThrow().chain());
            }
        }
    }

    @Nested
    class OfTwoNodes {
        private final List<JournalRow> second = new ArrayList<>();

        private Panocrypt both() {
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public List<ChainHead> heads() {
                    List<ChainHead> heads = new ArrayList<>(super.heads());
                    heads.add(ChainHead.of(second.get(second.size() - 1)));
                    return heads;
                }

                @Override
                public List<JournalRow> chain(String chain, long after, int limit) {
                    return chain.equals("node-2")
                            ? second.stream()
                                    .filter(row -> row.sequence() > after)
                                    .limit(limit)
                                    .toList()
                            : super.chain(chain, after, limit);
                }
            };
            return house.open(store, house.custody);
        }

        @BeforeEach
        void fillTheSecond() {
            ChainHead head = ChainHead.start("node-2");
            for (int i = 0; i < 200; i++) {
                second.add(head.append(
                        new JournalEntry("second-" + i, JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}")));
                head = ChainHead.of(second.get(i));
            }
        }

        @Test
        void comparesEachChainWithTheCheckpointsOfTheOther() throws IOException {
            try (Panocrypt service = both()) {
                service.history().checkpoint();
                List<String> lines = export(service.history());
                assertEquals(1 + 11 + 200, lines.size());
                assertTrue(verify(lines).intact());
                for (int i = 1; i <= 200; i += 13) {
                    List<String> less = new ArrayList<>(lines);
                    less.remove(11 + i);
                    assertBroken("node-2", i, less);
                    List<String> twice = new ArrayList<>(lines);
                    twice.add(11 + i, lines.get(11 + i));
                    assertBroken("node-2", i, twice);
                }
                List<String> swapped = new ArrayList<>(lines.subList(0, 1));
                swapped.addAll(lines.subList(12, 212));
                swapped.addAll(lines.subList(1, 12));
                assertTrue(verify(swapped).intact(), "the order of whole chains says nothing");
                List<String> torn = new ArrayList<>(lines);
                torn.add(torn.remove(11));
                assertBroken("node-1", 11, torn);
            }
        }
    }

    /** Entries at the borders of blocks of 64 and pages of 1,000. */
    @Test
    void goesThroughLongChains() throws IOException {
        for (int i = 0; i < 1_200; i++) {
            Instant now = house.clock.instant();
            String body = "{\"act\":" + i + "}";
            house.memory.write(StoreWrite.of(new JournalEntry("long-" + i, JournalEntry.Kind.AUDIT, now, null, body))
                    .build());
        }
        List<String> lines = export(history);
        assertTrue(verify(lines).intact());
        for (int i : IntStream.of(63, 64, 65, 128, 129, 999, 1_000, 1_001, 1_024, 1_210)
                .toArray()) {
            List<String> less = new ArrayList<>(lines);
            less.remove(i);
            assertBroken("node-1", i, less);
            List<String> twice = new ArrayList<>(lines);
            twice.add(i, lines.get(i));
            assertBroken("node-1", i, twice);
            List<String> spoilt = new ArrayList<>(lines);
            spoilt.set(i, change(lines.get(i), row -> row.put("body", "{}")));
            assertBroken("node-1", i, spoilt);
        }
    }

    @Test
    void saysWhoseItIsAndWhen() throws IOException {
        Instant before = house.clock.instant();
        Path file = Files.write(folder.resolve("export"), export(history));
        AtomicReference<Boolean> signed = new AtomicReference<>();
        try (HistoryExport export = HistoryExport.open(file)) {
            assertEquals(history.checkpointKey(), export.checkpointKey());
            assertEquals(before, export.time());
            PolicyRecord site = house.memory.get("site", "site").orElseThrow();
            assertTrue(site.body().contains("checkpointKey"));
            signed.set(export.hasSigned(new Checkpoint("{\"heads\":[]}", "AAAA")));
        }
        assertEquals(false, signed.get());
        assertEquals(11, Arrays.asList(Files.readString(file).split("\n")).size());
    }
}
