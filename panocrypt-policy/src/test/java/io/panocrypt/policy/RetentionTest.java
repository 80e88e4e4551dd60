package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.journal.ChainTruncation;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.journal.SiteIdentity;
import io.panocrypt.policy.internal.journal.SiteSignature;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Day 0: entries 1 and 2 (site, device), 3 to 5 (attempts), 6 (checkpoint); day 10: entries 7 and 8 (attempts), 9
 * (checkpoint), 10 (attempt).
 */
class RetentionTest {
    private static final Duration DAYS = Duration.ofDays(10);

    private final TestService house = new TestService();
    private final Instant start = house.clock.instant();
    private final Device device = house.device("web-1");
    private final History history = house.service.history();

    @BeforeEach
    void fill() {
        attempts(3);
        history.checkpoint();
        house.clock.advance(DAYS);
        attempts(2);
        history.checkpoint();
        attempts(1);
        assertEquals(10, rows().size());
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void attempts(int number) {
        for (int i = 0; i < number; i++) {
            house.unlock(device, HOME);
        }
    }

    private List<JournalRow> rows() {
        return house.memory.chain("node-1", 0, 1000);
    }

    private Instant afterDays(int days) {
        return start.plus(Duration.ofDays(days));
    }

    @Nested
    class WhatIsOld {
        @Test
        void goesWithAuditAndIsReplacedByACut() {
            List<JournalRow> before = rows();
            assertEquals(6, history.cutBefore(OPERATOR, afterDays(5)));
            List<JournalRow> after = rows();
            assertEquals(before.subList(6, 10), after.subList(0, 4));
            assertEquals(5, after.size());
            assertEquals(3, history.unlocks(null, null, 100).items().size());
            assertEquals(
                    List.of("history.cut"),
                    history.audit(null, 100).items().stream()
                            .map(found -> found.action())
                            .toList());
            assertTrue(history.audit(null, 1)
                    .items()
                    .get(0)
                    .after()
                    .contains(before.get(5).hash()));
            Verification found = history.verify();
            assertEquals(
                    new Verification(true, 5, Optional.empty(), List.of(new Verification.Chain("node-1", 6, 8, 11))),
                    found);
        }

        @Test
        void goesStepByStepAndCutAfterCut() {
            assertEquals(6, history.cutBefore(OPERATOR, afterDays(5)));
            attempts(1);
            history.checkpoint();
            house.clock.advance(DAYS);
            assertEquals(6, history.cutBefore(OPERATOR, afterDays(15)), "rows 7 to 12: all that was signed");
            assertTrue(history.verify().intact());
            assertEquals(0, history.cutBefore(OPERATOR, afterDays(15)));
            assertEquals(12, history.verify().chains().get(0).cut());
            assertEquals(1, house.memory.scan(RecordMapper.CUT, null, null, 10).size());
        }

        @Test
        void isCutInSeveralActsWhereThereIsMuchOfIt() {
            for (int i = 0; i < Retention.STEP * 2; i++) {
                Instant now = house.clock.instant();
                house.memory.write(StoreWrite.of(new JournalEntry("old-" + i, JournalEntry.Kind.AUDIT, now, null, "{}"))
                        .build());
            }
            history.checkpoint();
            house.clock.advance(DAYS);
            history.cutBefore(OPERATOR, afterDays(15));
            assertEquals(
                    3,
                    history.audit(null, 100).items().stream()
                            .filter(found -> found.action().equals("history.cut"))
                            .count());
            assertTrue(history.verify().intact());
            assertEquals(4, rows().size(), "the checkpoint, and what tells of the cuts");
        }

        @Test
        void takesNoGrantAndNoRequestAlong() {
            house.service
                    .allowances()
                    .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withExpiresIn(Duration.ofDays(7)));
            history.checkpoint();
            house.clock.advance(Duration.ofDays(3));
            history.cutBefore(OPERATOR, afterDays(12));
            assertEquals(1, house.service.allowances().open(device.id()).size());
            assertTrue(house.unlock(device, HOME) instanceof UnlockResult.Answered);
        }

        @Test
        void isStillThereForWhoStartsAgain() {
            history.cutBefore(OPERATOR, afterDays(5));
            try (Panocrypt again = house.open(house.memory, house.custody)) {
                assertTrue(again.history().verify().intact());
                assertEquals(6, again.history().verify().chains().get(0).cut());
            }
        }
    }

    @Nested
    class WhatIsNotRemoved {
        @Test
        void isWhatNoCheckpointHasSigned() {
            house.clock.advance(Duration.ofDays(100));
            assertEquals(8, history.cutBefore(OPERATOR, afterDays(50)));
            assertEquals(9, rows().get(0).sequence());
            assertTrue(history.verify().intact());
        }

        @Test
        void isWhatFollowsAYoungerRow() {
            house.memory.write(StoreWrite.of(new JournalEntry("late", JournalEntry.Kind.AUDIT, start, null, "{}"))
                    .build());
            history.checkpoint();
            assertEquals(6, history.cutBefore(OPERATOR, afterDays(5)), "row 11 is as old as row 1");
        }

        @ParameterizedTest
        @ValueSource(longs = {0, 23})
        void isTheLastDay(long hours) {
            Instant late = house.clock.instant().minus(Duration.ofHours(hours));
            OperationException refused =
                    assertThrows(OperationException.class, () -> history.cutBefore(OPERATOR, late));
            assertEquals(OperationException.Kind.INVALID, refused.kind());
            assertEquals(10, rows().size());
        }

        @Test
        void isAnythingBeforeThatTime() {
            assertEquals(0, history.cutBefore(OPERATOR, start));
            assertEquals(10, rows().size(), "and no audit row tells of nothing");
        }
    }

    @Nested
    class WhereSomebodyWritesTheDatabase {
        /** A store whose journal entries are changed behind the service. */
        private final class Altered extends ForwardingStore {
            private final UnaryOperator<List<JournalRow>> alteration;

            Altered(UnaryOperator<List<JournalRow>> alteration) {
                super(house.memory);
                this.alteration = alteration;
            }

            @Override
            public List<JournalRow> chain(String chain, long after, int limit) {
                return alteration.apply(super.chain(chain, 0, 1000)).stream()
                        .filter(row -> row.sequence() > after)
                        .limit(limit)
                        .toList();
            }
        }

        private Verification.Break brokenAfter(UnaryOperator<List<JournalRow>> alteration) {
            try (Panocrypt service = house.open(new Altered(alteration), house.custody)) {
                return service.history().verify().brokenAt().orElseThrow();
            }
        }

        @Test
        void findsRowsThatWentWithoutACut() {
            assertEquals(
                    new Verification.Break("node-1", 1, "missing"), brokenAfter(rows -> rows.subList(6, rows.size())));
        }

        @Test
        void findsMoreRowsGoneThanTheCutSays() {
            history.cutBefore(OPERATOR, afterDays(5));
            assertEquals(
                    new Verification.Break("node-1", 7, "missing"), brokenAfter(rows -> rows.subList(1, rows.size())));
        }

        @Test
        void findsOldRowsBroughtBack() {
            JournalRow old = rows().get(5);
            history.cutBefore(OPERATOR, afterDays(5));
            assertEquals(new Verification.Break("node-1", 6, "lies before the truncated part"), brokenAfter(rows -> {
                List<JournalRow> more = new ArrayList<>(List.of(old));
                more.addAll(rows);
                return more;
            }));
        }

        @Test
        void findsTheCutGone() {
            history.cutBefore(OPERATOR, afterDays(5));
            PolicyRecord cut =
                    house.memory.scan(RecordMapper.CUT, null, null, 10).get(0);
            edit(new Change.Delete(RecordMapper.CUT, cut.id(), cut.version()));
            assertEquals(
                    new Verification.Break("node-1", 1, "missing"),
                    history.verify().brokenAt().orElseThrow());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "nonsense", "{\"cut\":\"x\",\"signature\":\"AAAA\"}"})
        void findsTheCutSpoilt(String body) {
            history.cutBefore(OPERATOR, afterDays(5));
            PolicyRecord cut =
                    house.memory.scan(RecordMapper.CUT, null, null, 10).get(0);
            edit(new Change.Put(new PolicyRecord(
                    RecordMapper.CUT, cut.id(), cut.version() + 1, body, cut.uniqueTerms(), cut.terms())));
            assertFalse(history.verify().intact());
        }

        @Test
        void findsACutThatAnotherSiteHasSigned() {
            try (TestService other = new TestService()) {
                other.device("web-1");
                ChainHead end = ChainHead.of(rows().get(5));
                ChainTruncation cut = new ChainTruncation(end, 6, house.clock.instant());
                SiteIdentity site = SiteIdentity.find(other.memory).orElseThrow();
                ChainTruncation.Signed forged = new ChainTruncation.Signed(
                        cut.statement(), SiteSignature.over(cut.statement(), other.custody, site));
                assertEquals(
                        new WriteResult.Written(),
                        house.memory.write(StoreWrite.of(new JournalEntry(
                                        "forged", JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}"))
                                .put(forged.record("node-1", "forged", 1))
                                .truncate(end)
                                .build()));
                assertEquals(
                        new Verification.Break("node-1", 1, "missing"),
                        history.verify().brokenAt().orElseThrow());
            }
        }

        /** Retention must verify the journal first, or it would remove the evidence of a change. */
        @Test
        void cutsNothingThatWouldHideAChange() {
            Altered changed = new Altered(rows -> {
                List<JournalRow> all = new ArrayList<>(rows);
                JournalRow third = all.get(2);
                JournalEntry entry = third.entry();
                all.set(
                        2,
                        new JournalRow(
                                "node-1",
                                3,
                                new JournalEntry(entry.id(), entry.kind(), entry.time(), entry.deviceId(), "{}"),
                                third.hash()));
                return all;
            });
            try (Panocrypt service = house.open(changed, house.custody)) {
                OperationException refused = assertThrows(
                        OperationException.class, () -> service.history().cutBefore(OPERATOR, afterDays(5)));
                assertEquals(OperationException.Kind.CONFLICT, refused.kind());
                assertTrue(refused.getMessage().contains("sequence=3"), refused.getMessage());
            }
            assertEquals(10, rows().size());
        }

        private void edit(Change change) {
            house.memory.write(StoreWrite.of(
                            new JournalEntry("intruder", JournalEntry.Kind.AUDIT, house.clock.instant(), null, "{}"))
                    .change(List.of(change))
                    .build());
        }
    }

    @Nested
    class WhereTheStoreFails {
        @Test
        void cutsOnceAlthoughTheAnswerIsLost() {
            ForwardingStore losing = new ActStore(house.memory) {
                private boolean lost;

                @Override
                protected WriteResult truncate(StoreWrite cut) {
                    WriteResult result = super.truncate(cut);
                    if (!lost) {
                        lost = true;
                        throw new StoreException("the answer is lost, says the test");
                    }
                    return result;
                }
            };
            try (Panocrypt service = house.open(losing, house.custody)) {
                assertEquals(6, service.history().cutBefore(OPERATOR, afterDays(5)));
            }
            assertTrue(history.verify().intact());
            assertEquals(5, rows().size());
        }

        @Test
        void leavesAllAsItWasWhereNothingCanBeWritten() {
            ForwardingStore broken = new ActStore(house.memory) {
                @Override
                protected WriteResult truncate(StoreWrite cut) {
                    throw new StoreException("out of order, says the test");
                }
            };
            try (Panocrypt service = house.open(broken, house.custody)) {
                assertThrows(StoreException.class, () -> service.history().cutBefore(OPERATOR, afterDays(5)));
            }
            assertTrue(history.verify().intact());
            assertEquals(10, rows().size());
        }

        @Test
        void stopsWhereAnotherNodeWasFaster() {
            ForwardingStore outrun = new ActStore(house.memory) {
                @Override
                protected WriteResult truncate(StoreWrite cut) {
                    return new WriteResult.OtherEpoch();
                }
            };
            try (Panocrypt service = house.open(outrun, house.custody)) {
                assertEquals(0, service.history().cutBefore(OPERATOR, afterDays(5)));
            }
        }
    }

    @Nested
    class TheBuilder {
        @ParameterizedTest
        @ValueSource(strings = {"PT1S", "PT23H59M59S", "-P1D"})
        void refusesToKeepLessThanADay(String kept) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> Panocrypt.builder()
                            .store(new MemoryStore(house.clock, "node-1"))
                            .historyRetention(Duration.parse(kept))
                            .build());
            assertTrue(refused.getMessage().contains("historyRetention"), refused.getMessage());
        }
    }
}
