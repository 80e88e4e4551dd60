package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FaultTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private String grantToDisabled(int uses) {
        house.service.devices().disable(OPERATOR, device.id());
        return house.service
                .allowances()
                .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(uses))
                .id();
    }

    private int usesLeft() {
        return house.service.allowances().open(device.id()).stream()
                .mapToInt(allowance -> allowance.usesLeft())
                .sum();
    }

    private UnlockResult unlockOn(ForwardingStore store) {
        try (Panocrypt node = house.open(store, house.custody)) {
            return node.unlock(TestService.attempt(device, HOME));
        }
    }

    private UnlockResult unlockPatientlyOn(ForwardingStore store) {
        try (Panocrypt node = house.open(store, house.custody, TestService.TIMEOUT)) {
            return node.unlock(TestService.attempt(device, HOME));
        }
    }

    /** Fails a number of commits, before or after they are applied. */
    private final class FlakyCommits extends ActStore {
        private final AtomicInteger failures;
        private final boolean applied;
        private final Set<String> ids = new HashSet<>();

        FlakyCommits(int failures, boolean applied) {
            super(house.memory);
            this.failures = new AtomicInteger(failures);
            this.applied = applied;
        }

        @Override
        protected WriteResult commit(StoreWrite commit) {
            ids.add(commit.entries().get(0).id());
            if (failures.getAndDecrement() > 0) {
                if (applied) {
                    super.commit(commit);
                }
                throw new StoreException("connection lost");
            }
            return super.commit(commit);
        }
    }

    @Nested
    class WhenTheOutcomeOfCommitIsUnknown {
        @Test
        void repeatsCommitThatWasNotApplied() {
            grantToDisabled(2);
            FlakyCommits store = new FlakyCommits(3, false);
            assertInstanceOf(UnlockResult.Answered.class, unlockPatientlyOn(store));
            assertEquals(1, usesLeft());
            assertEquals(1, store.ids.size());
            assertEquals(1, house.history(device).size());
        }

        @Test
        void spendsOnceWhereCommitWasApplied() {
            grantToDisabled(2);
            FlakyCommits store = new FlakyCommits(3, true);
            assertInstanceOf(UnlockResult.Answered.class, unlockPatientlyOn(store));
            assertEquals(1, usesLeft());
            assertEquals(1, store.ids.size());
            assertEquals(1, house.history(device).size());
        }

        @Test
        void answersTheLastUseWhereCommitWasApplied() {
            grantToDisabled(1);
            assertInstanceOf(UnlockResult.Answered.class, unlockPatientlyOn(new FlakyCommits(1, true)));
            assertEquals(0, usesLeft());
        }

        @Test
        void givesNoPointAndSaysSoWhereItStaysUnknown() {
            String granted = grantToDisabled(2);
            assertEquals(new UnlockResult.Unavailable(), unlockOn(new FlakyCommits(Integer.MAX_VALUE, true)));
            assertEquals(1, usesLeft());
            UnlockRecord said = lost();
            assertEquals(Optional.of(granted), said.spent());
            assertEquals("outcome of the commit unknown, the use may be gone", said.note());
        }

        @Test
        void usesItsWholeTimeout() {
            long start = System.nanoTime();
            assertEquals(new UnlockResult.Unavailable(), unlockOn(new FlakyCommits(Integer.MAX_VALUE, false)));
            assertTrue(System.nanoTime() - start >= Duration.ofMillis(200).toNanos(), "gave up early");
        }

        @Test
        void keepsTheUseWhereNothingWasApplied() {
            grantToDisabled(1);
            assertEquals(new UnlockResult.Unavailable(), unlockOn(new FlakyCommits(Integer.MAX_VALUE, false)));
            assertEquals(1, usesLeft());
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
        }
    }

    private UnlockRecord lost() {
        return house.history(device).stream()
                .filter(row -> row.reason() == Reason.STORE_UNAVAILABLE)
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class WhenTheStoreIsDown {
        @Test
        void grantsNothing() {
            grantToDisabled(1);
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    throw new StoreException("no connection");
                }
            };
            assertEquals(new UnlockResult.Unavailable(), unlockOn(store));
            assertEquals(1, usesLeft());
            assertEquals(List.of(), house.history(device));
        }

        @Test
        void grantsNothingWhereSharedPolicyCannotBeRead() {
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public List<PolicyRecord> scan(String kind, String term, String after, int limit) {
                    throw new StoreException("no connection");
                }
            };
            assertEquals(new UnlockResult.Unavailable(), unlockOn(store));
        }

        @Test
        void isNotReady() {
            AtomicInteger calls = new AtomicInteger();
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public long epoch() {
                    calls.incrementAndGet();
                    throw new StoreException("no connection");
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertTrue(node.unreadyReason().isPresent());
                assertEquals(Optional.empty(), house.service.unreadyReason());
                assertEquals(1, calls.get());
            }
        }

        @Test
        void grantsNothingWhereRecordIsNotReadable() {
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    return super.snapshot(uniqueTerm)
                            .map(found -> new DecisionSnapshot(
                                    found.now(),
                                    found.epoch(),
                                    new PolicyRecord(
                                            found.device().kind(),
                                            found.device().id(),
                                            found.device().version(),
                                            found.device().body().replace("10.0.0.0/24", "10.0.0.0/99"),
                                            found.device().uniqueTerms(),
                                            found.device().terms()),
                                    found.grants(),
                                    found.requests()));
                }
            };
            assertEquals(new UnlockResult.Unavailable(), unlockOn(store));
        }
    }

    @Nested
    class WhenPolicyKeepsChanging {
        /** A store whose epoch changes with each call. */
        private final ForwardingStore restless = new ForwardingStore(house.memory) {
            private final AtomicInteger epochs = new AtomicInteger();

            @Override
            public long epoch() {
                return epochs.incrementAndGet();
            }
        };

        @Test
        void givesUpInsteadOfTryingForEver() {
            try (Panocrypt node = house.open(restless, house.custody)) {
                assertTimeoutPreemptively(
                        TestTimeout.MAX,
                        () -> assertEquals(
                                new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME))));
                assertTimeoutPreemptively(
                        TestTimeout.MAX,
                        () -> assertThrows(
                                StoreException.class,
                                () -> node.dryRun(
                                        device.id(), TestService.address(HOME).orElse(null))));
            }
        }

        @Test
        void givesUpWhereTheEpochWentBackwards() {
            AtomicInteger back = new AtomicInteger();
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    return super.snapshot(uniqueTerm)
                            .map(found -> new DecisionSnapshot(
                                    found.now(),
                                    found.epoch() - back.get(),
                                    found.device(),
                                    found.grants(),
                                    found.requests()));
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertInstanceOf(UnlockResult.Answered.class, node.unlock(TestService.attempt(device, HOME)));
                back.set(1);
                assertEquals(new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)));
                assertTimeoutPreemptively(
                        TestTimeout.MAX,
                        () -> assertThrows(
                                StoreException.class,
                                () -> node.dryRun(
                                        device.id(), TestService.address(HOME).orElse(null))));
            }
        }

        @Test
        void decidesAgainByTheNewPolicy() {
            AtomicInteger commits = new AtomicInteger();
            ForwardingStore store = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    if (commits.getAndIncrement() == 0) {
                        house.service.lockdowns().start(OPERATOR, List.of(), "incident");
                    }
                    return super.commit(commit);
                }
            };
            assertEquals(new UnlockResult.Refused(Reason.LOCKDOWN), unlockOn(store));
            assertEquals(2, commits.get());
            assertEquals(1, house.history(device).size());
        }

        @Test
        void retriesEditsThatNameNoVersion() {
            AtomicInteger edits = new AtomicInteger();
            ForwardingStore store = new ActStore(house.memory) {
                @Override
                protected WriteResult edit(StoreWrite edit) {
                    if (edits.getAndIncrement() == 0) {
                        house.service
                                .devices()
                                .edit(
                                        OPERATOR,
                                        device.id(),
                                        1,
                                        DeviceChange.none().withTags("a"),
                                        false);
                    }
                    return super.edit(edit);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                Device disabled = node.devices().disable(OPERATOR, device.id());
                assertEquals(3, disabled.version());
                assertEquals(Set.of("a"), disabled.tags());
            }
        }
    }

    @Nested
    class WhenCustodyFailsAfterTheCommit {
        /** A custody that does everything except exchange. */
        private KeyCustody broken(RuntimeException fault) {
            return new KeyCustody() {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    return house.custody.generate(label);
                }

                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    throw fault;
                }

                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    return house.custody.sign(label, key, input);
                }

                @Override
                public String fingerprint() {
                    return house.custody.fingerprint();
                }
            };
        }

        private void assertLost(RuntimeException fault, ForwardingStore store) {
            String granted = grantToDisabled(1);
            try (Panocrypt node = house.open(store, broken(fault))) {
                assertEquals(new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)));
            }
            assertEquals(0, usesLeft());
            assertEquals(Outcome.DENIED, lost().outcome());
            assertEquals(Optional.of(granted), lost().spent());
            assertEquals("custody failed, the use may be gone", lost().note());
            assertEquals(2, house.history(device).size());
        }

        @Test
        void saysThatTheUseIsGone() {
            assertLost(new CustodyException("the token was pulled", null), new ForwardingStore(house.memory));
        }

        @Test
        void saysSoWhateverCustodyThrows() {
            assertLost(new IllegalStateException("master key is closed"), new ForwardingStore(house.memory));
        }

        @Test
        void saysSoWhereTheStoreFailsForMoment() {
            AtomicInteger appends = new AtomicInteger();
            assertLost(new CustodyException("the token was pulled", null), new ActStore(house.memory) {
                @Override
                protected WriteResult append(StoreWrite write) {
                    WriteResult result = super.append(write);
                    if (appends.getAndIncrement() < 2) {
                        throw new StoreException("connection lost");
                    }
                    return result;
                }
            });
            assertEquals(3, appends.get());
        }
    }
}
