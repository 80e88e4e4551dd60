package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.Place;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
    private static final int THREADS = 32;

    private final TestService house = new TestService();
    private final Approvals approvals = house.service.approvals();
    private final Member alice = house.service
            .members()
            .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
            .member();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private Device device;

    @BeforeEach
    void openHouse() {
        house.service
                .approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(alice.id()), 1));
        device = house.service
                .devices()
                .create(
                        OPERATOR,
                        TestService.wanted("web-1")
                                .withSources("10.0.0.0/24", "2001:db8::/32")
                                .withTags("prod")
                                .withRequireApproval(true)
                                .withVolumes(8));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        house.close();
    }

    private List<ApprovalRequest> requests(State state) {
        return approvals.list(state, null, 1000).items();
    }

    private List<String> pendingSources() {
        return requests(State.PENDING).stream()
                .map(request -> request.source().toString())
                .sorted()
                .toList();
    }

    private void waits(String source) {
        assertEquals(new UnlockResult.Pending(), house.unlock(device, source));
    }

    private void opens(String source) {
        assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, source));
    }

    /** The open request of the source, or its last one. */
    private ApprovalRequest from(String source) {
        return requests(null).stream()
                .filter(request -> request.source().equals(IpAddress.parse(source)))
                .max(Comparator.comparing(ApprovalRequest::holdsPlace))
                .orElseThrow();
    }

    private void approve(String source) {
        approvals.approve(alice, from(source).id(), "", List.of());
    }

    private void disableAndEnable() {
        house.service.devices().disable(OPERATOR, device.id());
        house.service.devices().enable(OPERATOR, device.id());
    }

    /** All at one moment, one from each source. */
    private List<UnlockResult> storm(List<Panocrypt> nodes, List<String> sources) throws Exception {
        CyclicBarrier start = new CyclicBarrier(sources.size());
        List<Future<UnlockResult>> running = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            Panocrypt node = nodes.get(i % nodes.size());
            UnlockAttempt attempt = TestService.attempt(device, sources.get(i));
            Callable<UnlockResult> task = () -> {
                start.await();
                return node.unlock(attempt);
            };
            running.add(threads.submit(task));
        }
        List<UnlockResult> results = new ArrayList<>();
        for (Future<UnlockResult> one : running) {
            results.add(one.get());
        }
        return results;
    }

    private static List<String> sources(String format) {
        return IntStream.rangeClosed(1, THREADS)
                .mapToObj(i -> String.format(format, i))
                .toList();
    }

    /** The device, with one of its blocks marked as registered at its enrolment. */
    private void register(String address) {
        List<SourceRule> sources = new ArrayList<>(device.sources());
        sources.add(new SourceRule(Cidr.parse(address), true));
        StoredDevice stored = house.stored(device);
        StoredDevice registered = stored.with(device.withSources(sources).withVersion(device.version() + 1));
        JournalEntry entry =
                new JournalEntry("register", JournalEntry.Kind.AUDIT, house.clock.instant(), device.id(), "{}");
        StoreWrite edit = StoreWrite.of(entry).put(RecordMapper.of(registered)).build();
        assertEquals(new WriteResult.Written(), house.memory.write(edit));
    }

    @Nested
    class WhenManyAskAtTheSameMoment {
        @Test
        void opensAtMostFourRequestsOnOneNode() throws Exception {
            List<UnlockResult> results = storm(List.of(house.service), sources("10.0.0.%d"));
            assertTrue(results.stream().allMatch(new UnlockResult.Pending()::equals), results::toString);
            assertEquals(4, requests(State.PENDING).size());
        }

        @Test
        void opensAtMostFourRequestsOnTwoNodes() throws Exception {
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                for (int round = 0; round < 10; round++) {
                    List<UnlockResult> results = storm(List.of(house.service, other), sources("10.0.0.%d"));
                    assertTrue(results.stream().allMatch(new UnlockResult.Pending()::equals), results::toString);
                    assertEquals(4, requests(State.PENDING).size(), "round " + round);
                    house.clock.advance(ApprovalTimes.DEFAULTS.pending());
                }
            }
        }

        @Test
        void opensOneRequestForAnIpv6SiteOnTwoNodes() throws Exception {
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                for (int round = 0; round < 10; round++) {
                    storm(List.of(house.service, other), sources("2001:db8::%x"));
                    assertEquals(1, requests(State.PENDING).size(), "round " + round);
                    house.clock.advance(ApprovalTimes.DEFAULTS.pending());
                }
            }
        }

        @Test
        void letsTheStoreDecideWhoGetsThePlace() {
            AtomicBoolean interfered = new AtomicBoolean();
            ForwardingStore slow = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    if (!interfered.getAndSet(true)) {
                        waits("10.0.0.4");
                    }
                    return super.commit(commit);
                }
            };
            waits("10.0.0.1");
            waits("10.0.0.2");
            waits("10.0.0.3");
            try (Panocrypt node = house.open(slow, house.custody)) {
                assertEquals(new UnlockResult.Pending(), node.unlock(TestService.attempt(device, "10.0.0.5")));
            }
            assertEquals(List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"), pendingSources());
        }

        @Test
        void waitsThoughOthersAreFasterAgainAndAgain() {
            ForwardingStore store = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    return new WriteResult.OtherEpoch();
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertEquals(new UnlockResult.Pending(), node.unlock(TestService.attempt(device, HOME)));
                house.service.temporaryDenies().deny(OPERATOR, device.id(), null, Duration.ofHours(1), "theft");
                assertEquals(new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)));
            }
        }

        @Test
        void keepsAHostOfManyVolumesWaitingWithoutAFault() throws Exception {
            for (int round = 0; round < 10; round++) {
                List<UnlockResult> results = storm(List.of(house.service), Collections.nCopies(THREADS, HOME));
                assertTrue(results.stream().allMatch(new UnlockResult.Pending()::equals), results::toString);
                house.clock.advance(Duration.ofSeconds(40));
            }
            assertEquals(1, requests(null).size());
        }

        @Test
        void answersEachVolumeOfAnApprovedHostAtOnce() throws Exception {
            waits(HOME);
            approve(HOME);
            List<UnlockResult> results = storm(List.of(house.service), Collections.nCopies(8, HOME));
            assertTrue(results.stream().allMatch(UnlockResult.Answered.class::isInstance), results::toString);
            assertEquals(8, from(HOME).collected());
            assertEquals(State.COLLECTED, from(HOME).state());
        }
    }

    @Nested
    class WhenPlacesAreKept {
        @Test
        void givesTheRegisteredSourceItsPlaceThoughStrangersHoldAll() {
            register("10.0.0.99");
            for (int i = 1; i <= 9; i++) {
                waits("10.0.0." + i);
            }
            waits("10.0.0.99");
            assertEquals(5, requests(State.PENDING).size());
            assertEquals(Place.REGISTERED, from("10.0.0.99").place());
        }

        @Test
        void givesTheRegisteredSourceItsPlaceThoughItsNeighbourWaits() {
            register("2001:db8::99");
            waits("2001:db8::1");
            waits("2001:db8::2");
            waits("2001:db8::99");
            assertEquals(List.of("2001:db8::1", "2001:db8::99"), pendingSources());
        }

        @Test
        void givesARegisteredBlockOnePlaceMore() {
            register("10.0.0.128/25");
            for (int i = 1; i <= 9; i++) {
                waits("10.0.0." + (128 + i));
            }
            assertEquals(5, requests(State.PENDING).size());
        }

        @Test
        void givesTheLastCollectorItsPlaceThoughItsNeighbourWaits() {
            waits("2001:db8::1");
            approve("2001:db8::1");
            for (int i = 0; i < 8; i++) {
                opens("2001:db8::1");
            }
            waits("2001:db8::2");
            waits("2001:db8::1");
            assertEquals(List.of("2001:db8::1", "2001:db8::2"), pendingSources());
        }

        @Test
        void givesPlacesBackWhenRequestsEnd() {
            for (int i = 1; i <= 4; i++) {
                waits("10.0.0." + i);
            }
            approvals.deny(alice, from("10.0.0.2").id(), "", false);
            waits("10.0.0.5");
            assertEquals(List.of("10.0.0.1", "10.0.0.3", "10.0.0.4", "10.0.0.5"), pendingSources());
            house.clock.advance(ApprovalTimes.DEFAULTS.pending());
            for (int i = 10; i <= 14; i++) {
                waits("10.0.0." + i);
            }
            assertEquals(4, requests(State.PENDING).size());
        }

        @Test
        void givesThePlaceBackThatAPartlyCollectedApprovalHeld() {
            waits(HOME);
            approve(HOME);
            opens(HOME);
            house.clock.advance(ApprovalTimes.DEFAULTS.window());
            for (int i = 2; i <= 6; i++) {
                waits("10.0.0." + i);
            }
            assertEquals(4, requests(State.PENDING).size());
            assertEquals(State.EXPIRED, from(HOME).state());
            assertEquals(1, from(HOME).collected());
            waits(HOME);
            assertEquals(Place.LAST_COLLECTOR, from(HOME).place());
        }
    }

    @Nested
    class AfterACollection {
        private void collectOne() {
            waits(HOME);
            approve(HOME);
            opens(HOME);
        }

        @Test
        void remembersItWhenTheRestIsWithdrawn() {
            collectOne();
            approvals.deny(alice, from(HOME).id(), "stop", false);
            waits("10.0.0.2");
            assertTrue(from("10.0.0.2").askedAgain());
            house.service.temporaryDenies().lift(OPERATOR, device.id());
            waits(HOME);
            assertTrue(from(HOME).askedAgain());
        }

        @Test
        void remembersItWhenTheDeviceIsDisabled() {
            collectOne();
            disableAndEnable();
            waits("10.0.0.2");
            assertTrue(from("10.0.0.2").askedAgain());
        }

        @Test
        void forgetsItAfterTenMinutes() {
            collectOne();
            disableAndEnable();
            house.clock.advance(Duration.ofMinutes(10));
            waits("10.0.0.2");
            assertFalse(from("10.0.0.2").askedAgain());
        }

        @Test
        void keepsNoTrailOfEndedRequests() {
            collectOne();
            for (int i = 0; i < 20; i++) {
                disableAndEnable();
                house.clock.advance(Duration.ofMinutes(10));
                waits("10.0.0." + (10 + i % 3));
            }
            assertTrue(house.memory
                            .snapshot(RecordMapper.tokenTerm(device.token()))
                            .orElseThrow()
                            .requests()
                            .size()
                    <= 2);
        }
    }

    @Nested
    class WithAnAllowanceThatSkipsApproval {
        @Test
        void spendsTheAllowanceAndLeavesTheApproval() {
            waits(HOME);
            approve(HOME);
            house.service
                    .allowances()
                    .grant(
                            Actor.of(alice),
                            device.id(),
                            AllowanceRequest.defaults().withUses(1).withSkips(AllowanceSkip.APPROVAL));
            opens(HOME);
            assertEquals(Reason.ALLOWED_ONCE, house.last(device).reason());
            assertEquals(0, from(HOME).collected());
            assertEquals(List.of(), house.service.allowances().open(device.id()));
            opens(HOME);
            assertEquals(Reason.APPROVED, house.last(device).reason());
            assertEquals(1, from(HOME).collected());
        }

        @Test
        void spendsBothWhereTheAllowanceSkipsSomethingElse() {
            waits(HOME);
            approve(HOME);
            house.service
                    .allowances()
                    .grant(
                            OPERATOR,
                            device.id(),
                            AllowanceRequest.defaults().withUses(1).withSkips(AllowanceSkip.TEMPORARY_DENY));
            opens(HOME);
            assertEquals(Reason.APPROVED, house.last(device).reason());
            assertEquals(1, from(HOME).collected());
            assertEquals(List.of(), house.service.allowances().open(device.id()));
        }
    }
}
