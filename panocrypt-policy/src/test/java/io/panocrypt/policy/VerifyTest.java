package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Journal: 1 site, 2 device, 3 to 5 attempts, 6 checkpoint, 7 and 8 attempts, 9 checkpoint, 10 attempt. */
class VerifyTest {
    private final TestService house = new TestService();
    private final Tampered tampered = new Tampered(house);

    @BeforeEach
    void fill() {
        Device device = house.device("web-1");
        for (int i = 0; i < 6; i++) {
            house.unlock(device, "10.0.0." + i);
            if (i == 2 || i == 4) {
                house.service.history().checkpoint();
            }
        }
        tampered.rows.addAll(house.memory.chain("node-1", 0, 1000));
        assertEquals(10, tampered.rows.size());
    }

    @AfterEach
    void close() {
        house.close();
    }

    /** A store whose journal was rewritten. */
    private static final class Tampered extends ForwardingStore {
        final List<JournalRow> rows = new ArrayList<>();
        boolean headKept = true;

        Tampered(TestService house) {
            super(house.memory);
        }

        @Override
        public List<ChainHead> heads() {
            if (headKept) {
                return super.heads();
            }
            return rows.isEmpty() ? List.of() : List.of(ChainHead.of(rows.get(rows.size() - 1)));
        }

        @Override
        public List<JournalRow> chain(String chain, long after, int limit) {
            return rows.stream()
                    .filter(row -> row.sequence() > after)
                    .limit(limit)
                    .toList();
        }

        void change(int sequence, UnaryOperator<JournalRow> change) {
            rows.set(sequence - 1, change.apply(rows.get(sequence - 1)));
        }

        /** Rewrites by somebody who can compute the hashes. */
        void rehash(int from) {
            ChainHead head = from == 1 ? ChainHead.start("node-1") : ChainHead.of(rows.get(from - 2));
            for (int i = from - 1; i < rows.size(); i++) {
                rows.set(i, head.append(rows.get(i).entry()));
                head = ChainHead.of(rows.get(i));
            }
        }
    }

    private Verification verify() {
        try (Panocrypt service = house.open(tampered, house.custody)) {
            return service.history().verify();
        }
    }

    private void assertBroken(long sequence) {
        Verification found = verify();
        assertFalse(found.intact());
        assertEquals("node-1", found.brokenAt().orElseThrow().chain());
        assertEquals(sequence, found.brokenAt().orElseThrow().sequence(), found.toString());
    }

    @Test
    void findsNothingWhereNothingWasDone() {
        assertEquals(
                new Verification(
                        true, 10, java.util.Optional.empty(), List.of(new Verification.Chain("node-1", 0, 8, 10))),
                verify());
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                field("chain", row -> new JournalRow("node-2", row.sequence(), row.entry(), row.hash())),
                field("hash", row -> new JournalRow(row.chain(), row.sequence(), row.entry(), "0".repeat(64))),
                field(
                        "hash in capitals",
                        row -> new JournalRow(
                                row.chain(),
                                row.sequence(),
                                row.entry(),
                                row.hash().toUpperCase(java.util.Locale.ROOT) + " ")),
                entry("id", e -> new JournalEntry(e.id() + "x", e.kind(), e.time(), e.deviceId(), e.body())),
                entry(
                        "kind",
                        e -> new JournalEntry(e.id(), JournalEntry.Kind.CHECKPOINT, e.time(), e.deviceId(), e.body())),
                entry("time", e -> new JournalEntry(e.id(), e.kind(), e.time().plusMillis(1), e.deviceId(), e.body())),
                entry("device", e -> new JournalEntry(e.id(), e.kind(), e.time(), "other", e.body())),
                entry("no device", e -> new JournalEntry(e.id(), e.kind(), e.time(), null, e.body())),
                entry(
                        "body",
                        e -> new JournalEntry(
                                e.id(),
                                e.kind(),
                                e.time(),
                                e.deviceId(),
                                e.body().replace("allowed", "denied"))));
    }

    private static Arguments field(String name, UnaryOperator<JournalRow> change) {
        return Arguments.of(name, change);
    }

    private static Arguments entry(String name, UnaryOperator<JournalEntry> change) {
        return field(name, row -> new JournalRow(row.chain(), row.sequence(), change.apply(row.entry()), row.hash()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void findsChangedField(String name, UnaryOperator<JournalRow> change) {
        tampered.change(4, change);
        assertBroken(4);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void findsChangedFieldOfTheLastRow(String name, UnaryOperator<JournalRow> change) {
        tampered.change(10, change);
        assertBroken(10);
    }

    @Test
    void findsChangedSequence() {
        tampered.change(4, row -> new JournalRow(row.chain(), 40, row.entry(), row.hash()));
        assertBroken(4);
    }

    @Test
    void findsDeletedRow() {
        tampered.rows.remove(3);
        assertBroken(4);
    }

    @Test
    void findsDeletedFirstRow() {
        tampered.rows.remove(0);
        assertBroken(1);
    }

    @Test
    void findsSwappedRows() {
        JournalRow third = tampered.rows.get(2);
        tampered.change(
                3,
                row -> new JournalRow(
                        row.chain(),
                        3,
                        tampered.rows.get(3).entry(),
                        tampered.rows.get(3).hash()));
        tampered.change(4, row -> new JournalRow(row.chain(), 4, third.entry(), third.hash()));
        assertBroken(3);
    }

    @Test
    void findsTailThatIsGoneWhereTheHeadIsStillThere() {
        tampered.rows.remove(9);
        assertBroken(10);
    }

    @Test
    void findsEmptyJournal() {
        tampered.rows.clear();
        tampered.headKept = false;
        assertEquals("site", verify().brokenAt().orElseThrow().chain());
    }

    @Test
    void findsRewrittenPastThatCheckpointsSigned() {
        tampered.change(
                4,
                row -> new JournalRow(
                        row.chain(),
                        4,
                        new JournalEntry(
                                row.entry().id(),
                                row.entry().kind(),
                                row.entry().time(),
                                row.entry().deviceId(),
                                row.entry().body().replace("allowed", "denied")),
                        row.hash()));
        tampered.rehash(4);
        tampered.headKept = false;
        assertBroken(5);
    }

    @Test
    void findsForgedCheckpoint() {
        for (String body : List.of(
                "{}",
                "[]",
                "",
                "null",
                "{\"heads\":\"{}\",\"signature\":\"%\"}",
                "{\"heads\":\"{}\",\"signature\":\"AAAA\"}",
                "{\"heads\":null,\"signature\":null}")) {
            tampered.change(
                    9,
                    row -> new JournalRow(
                            row.chain(),
                            9,
                            new JournalEntry(
                                    row.entry().id(),
                                    row.entry().kind(),
                                    row.entry().time(),
                                    null,
                                    body),
                            row.hash()));
            tampered.rehash(9);
            tampered.headKept = false;
            assertBroken(9);
        }
    }

    @Test
    void findsHeadThatIsNotTheChainsEnd() {
        tampered.change(
                10,
                row -> new JournalRow(
                        row.chain(),
                        10,
                        new JournalEntry(
                                row.entry().id(),
                                row.entry().kind(),
                                row.entry().time(),
                                null,
                                "{}"),
                        row.hash()));
        tampered.rehash(10);
        assertBroken(10);
    }

    /** The limit of what the journal alone can prove, as the contract and the operator's guide say. */
    @Test
    void cannotFindWhatIsCutBehindTheLastCheckpointTogetherWithTheHead() {
        tampered.rows.remove(9);
        tampered.headKept = false;
        assertTrue(verify().intact());
    }

    @Test
    void findsTailOfOneNodeThatIsGoneByTheCheckpointOfAnother() {
        List<JournalRow> second = new ArrayList<>();
        ForwardingStore both = new ForwardingStore(house.memory) {
            @Override
            public List<ChainHead> heads() {
                List<ChainHead> heads = new ArrayList<>(super.heads());
                if (!second.isEmpty()) {
                    heads.add(ChainHead.of(second.get(second.size() - 1)));
                }
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
        ChainHead head = ChainHead.start("node-2");
        for (int i = 0; i < 3; i++) {
            second.add(head.append(
                    new JournalEntry("second-" + i, JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}")));
            head = ChainHead.of(second.get(i));
        }
        try (Panocrypt service = house.open(both, house.custody)) {
            service.history().checkpoint();
            assertTrue(service.history().verify().intact());
            second.remove(2);
            Verification.Break found = service.history().verify().brokenAt().orElseThrow();
            assertEquals("node-2", found.chain());
            assertEquals(3, found.sequence());
            second.clear();
            assertEquals(
                    "node-2",
                    service.history().verify().brokenAt().orElseThrow().chain());
        }
    }

    @Test
    void findsReplacedCheckpointKey() {
        try (TestService other = new TestService()) {
            PolicyRecord site = house.memory.get("site", "site").orElseThrow();
            String foreign = other.memory
                    .get("site", "site")
                    .orElseThrow()
                    .body()
                    .replace(other.custody.fingerprint(), house.custody.fingerprint());
            house.memory.write(StoreWrite.of(
                            new JournalEntry("intruder", JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}"))
                    .put(new PolicyRecord("site", "site", site.version() + 1, foreign, Set.of(), Set.of()))
                    .build());
            try (Panocrypt service = house.open(house.memory, house.custody)) {
                Verification found = service.history().verify();
                assertFalse(found.intact());
                assertEquals("site", found.brokenAt().orElseThrow().chain());
            }
        }
    }

    @Test
    void takesNoCheckpointWhereNothingHappened() {
        house.service.history().checkpoint();
        int before = house.memory.chain("node-1", 0, 1000).size();
        house.service.history().checkpoint();
        assertEquals(before, house.memory.chain("node-1", 0, 1000).size());
    }

    /** An entry between the heads and their checkpoint would never be signed if nothing else happened. */
    @Test
    void coversRowThatCameWhileCheckpointWasTaken() {
        Device device = house.service.devices().byName("web-1").orElseThrow();
        boolean[] done = new boolean[1];
        ForwardingStore slow = new ActStore(house.memory) {
            @Override
            protected WriteResult append(StoreWrite write) {
                if (!done[0]) {
                    done[0] = true;
                    house.unlock(device, HOME);
                }
                return super.append(write);
            }
        };
        try (Panocrypt service = house.open(slow, house.custody)) {
            service.history().checkpoint();
            service.history().checkpoint();
            service.history().checkpoint();
            List<JournalRow> rows = house.memory.chain("node-1", 10, 1000);
            assertEquals(3, rows.size(), "an attempt and two checkpoints");
            assertTrue(rows.get(2).entry().body().contains(rows.get(1).hash()));
            assertTrue(service.history().verify().intact());
        }
    }

    @Test
    void goesThroughLongChains() {
        Device device = house.service.devices().byName("web-1").orElseThrow();
        for (int i = 0; i < 1100; i++) {
            // Answers, each with an entry of its own.
            house.unlock(device, TestService.HOME);
        }
        house.service.history().checkpoint();
        assertEquals(
                new Verification(
                        true,
                        1111,
                        java.util.Optional.empty(),
                        List.of(new Verification.Chain("node-1", 0, 1110, 1111))),
                house.service.history().verify());
        house.service.devices().disable(OPERATOR, device.id());
    }
}
