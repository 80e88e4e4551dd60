package io.panocrypt.testkit.notices;

import static io.panocrypt.testkit.notices.NoticeHouse.HOME;
import static io.panocrypt.testkit.notices.NoticeHouse.OPERATOR;
import static io.panocrypt.testkit.notices.NoticeHouse.ask;
import static io.panocrypt.testkit.notices.NoticeHouse.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.model.delivery.DeadLetter;
import io.panocrypt.policy.model.delivery.FailingContact;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Notices when channels fail, on any store. */
abstract class DeliveryScenarios extends NoticeSite {
    private static final Delivery BUSY = ScriptedNotifier.later("busy");

    private List<DeadLetter> deadLetters() {
        return service.outbox().deadLetters(null, 100).items();
    }

    @Test
    void triesAgainUnderTheSameIdAndKeepsTheOrderOfARequest() {
        house.notifier.next("test:ben", BUSY);
        house.notifier.next("test:ben", (notice, contact) -> {
            throw new IllegalStateException("broken");
        });
        house.notifier.next("test:ben", BUSY);
        ask(service, device, HOME);
        service.approvals().approve(ada, waiting(service).id(), "", Set.of());
        house.deliverFor(service, Duration.ofMinutes(5), Duration.ofSeconds(1));
        assertEquals(List.of("request.opened", "request.approved"), house.notifier.receivedBy("ben"));
        List<ScriptedNotifier.Call> ben = house.notifier.calls().stream()
                .filter(call -> call.contact().equals("test:ben"))
                .toList();
        assertEquals(5, ben.size());
        assertEquals(
                Collections.nCopies(4, ben.get(0).notice().id()),
                ben.subList(0, 4).stream().map(call -> call.notice().id()).toList());
        assertEquals(0, service.outbox().status().waiting());
    }

    @Test
    void showsWhatAContactFailsWithUntilItTakesANotice() {
        house.notifier.next("test:ben", ScriptedNotifier.later("answered 503"));
        house.notifier.next("test:ben", ScriptedNotifier.later("answered 502"));
        ask(service, device, HOME);
        deliverDue();
        Instant first = house.clock.instant();
        FailingContact failing = service.outbox().failing().get(0);
        assertEquals("test:ben", failing.contact());
        assertEquals("answered 503", failing.cause());
        assertEquals(first, failing.since());
        house.deliverFor(service, Duration.ofSeconds(8), Duration.ofSeconds(2));
        FailingContact still = service.outbox().failing().get(0);
        assertEquals("answered 502", still.cause());
        assertEquals(first, still.since());
        house.deliverFor(service, Duration.ofMinutes(1), Duration.ofSeconds(2));
        assertEquals(List.of(), service.outbox().failing());
    }

    @Test
    void waitsAsLongAsTheReceiverAsks() {
        house.notifier.next("test:ben", new Delivery.Later("slow down", Optional.of(Duration.ofMinutes(20))));
        ask(service, device, HOME);
        house.deliverFor(service, Duration.ofMinutes(19), Duration.ofMinutes(1));
        assertEquals(List.of(), house.notifier.receivedBy("ben"));
        house.deliverFor(service, Duration.ofMinutes(2), Duration.ofMinutes(1));
        assertEquals(List.of("request.opened"), house.notifier.receivedBy("ben"));
    }

    @Test
    void interruptsAChannelThatHangsAndServesTheOthers() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        house.notifier.next("test:ada", (notice, contact) -> {
            try {
                // Both share the clock: the other one's time must not run out.
                house.notifier.awaitTaken("test:ben");
                house.clock.advance(Duration.ofSeconds(16));
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return BUSY;
        });
        ask(service, device, HOME);
        deliverDue();
        assertEquals(List.of("ben request.opened"), received());
        house.deliverFor(service, Duration.ofMinutes(1), Duration.ofSeconds(2));
        // The dispatcher does not wait for a thread that it interrupts.
        assertTrue(interrupted.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        assertEquals(List.of("ada request.opened", "ben request.opened"), received());
    }

    @Test
    @Timeout(120)
    void tellsOthersWhileAllThatIsSentToOneHostHangs() {
        List<String> contacts =
                IntStream.range(0, 16).mapToObj(i -> "test://hangs/" + i).toList();
        Member eve = service.members()
                .create(OPERATOR, new MemberChange("eve", Role.APPROVER, contacts), null)
                .member();
        NoticeHouse.group(service, "db", eve, ben);
        Device other = NoticeHouse.device(service, "db-1", "db");
        house.notifier.otherwise((notice, contact) -> {
            if (contact.toString().startsWith("test://hangs/")) {
                awaitBen();
            }
            return new Delivery.Done();
        });
        ask(service, other, HOME);
        deliverDue();
        assertEquals(17, house.notifier.taken().size());
    }

    private void awaitBen() {
        try {
            house.notifier.awaitTaken("test:ben");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void keepsTheWordsOfAChannelAsTextThatAnyStoreTakes() {
        house.notifier.next("test:ada", new Delivery.Refused("no\u0000\r\n" + "x".repeat(1_000) + "\ud83d"));
        ask(service, device, HOME);
        deliverDue();
        String cause = deadLetters().get(0).cause();
        assertEquals("no   " + "x".repeat(495), cause);
    }

    @Test
    void survivesAChannelThatThrowsAnError() {
        house.notifier.next("test:ada", (notice, contact) -> {
            throw new NoClassDefFoundError("jakarta/mail/Session");
        });
        ask(service, device, HOME);
        house.deliverFor(service, Duration.ofMinutes(1), Duration.ofSeconds(2));
        assertEquals(List.of("ada request.opened", "ben request.opened"), received());
    }

    @Test
    void keepsWhatIsRefusedAsADeadLetterAndTellsAdministrators() {
        house.notifier.next("test:ada", new Delivery.Refused("too long"));
        ask(service, device, HOME);
        deliverDue();
        assertEquals(List.of("ben request.opened", "root outbox.dead-letter"), received());
        DeadLetter letter = deadLetters().get(0);
        assertEquals(Optional.of("request.opened"), letter.event());
        assertEquals(Optional.of(device.id()), letter.deviceId());
        assertEquals(Optional.of("member " + ada.id()), letter.recipient());
        assertEquals(Optional.of("test:ada"), letter.contact());
        assertEquals("too long", letter.cause());
        assertEquals(1, letter.attempts());
        assertEquals(1, service.outbox().status().dead());
        service.outbox().retry(OPERATOR, letter.id());
        deliverDue();
        assertEquals(List.of("request.opened"), house.notifier.receivedBy("ada"));
        assertEquals(List.of(), deadLetters());
        assertThrows(OperationException.class, () -> service.outbox().retry(OPERATOR, letter.id()));
    }

    @Test
    void dropsADeadLetter() {
        house.notifier.next("test:ada", new Delivery.Refused("too long"));
        ask(service, device, HOME);
        deliverDue();
        service.outbox().drop(OPERATOR, deadLetters().get(0).id());
        house.deliverFor(service, Duration.ofHours(1), Duration.ofMinutes(10));
        assertEquals(List.of(), deadLetters());
        assertEquals(List.of(), house.notifier.receivedBy("ada"));
    }

    @Test
    void givesUpAfterAboutADayAndSaysSoOnce() {
        house.notifier.otherwise(
                (notice, contact) -> contact.toString().equals("test:ada") ? BUSY : new Delivery.Done());
        ask(service, device, HOME);
        house.deliverFor(service, Duration.ofHours(12), Duration.ofMinutes(5));
        assertEquals(List.of(), deadLetters());
        house.deliverFor(service, Duration.ofHours(24), Duration.ofMinutes(5));
        assertEquals(32, deadLetters().get(0).attempts());
        assertEquals(List.of("outbox.dead-letter"), house.notifier.receivedBy("root"));
    }

    @Test
    void makesNoDeadLetterOfADeadLetter() {
        house.notifier.otherwise((notice, contact) -> new Delivery.Refused("no"));
        ask(service, device, HOME);
        house.deliverFor(service, Duration.ofHours(2), Duration.ofMinutes(10));
        // Two approvers, and the administrator is notified of each recipient.
        assertEquals(4, deadLetters().size());
        assertEquals(4, house.notifier.calls().size());
    }

    @Test
    void closesAContactThatIsGoneUntilItIsOpenedAgain() {
        house.notifier.next("test:ada", new Delivery.Gone("unsubscribed"));
        ask(service, device, HOME);
        ask(service, device, "10.0.0.2");
        deliverDue();
        List<ClosedContact> closed = service.contacts().closed(null, 10).items();
        assertEquals(1, closed.size());
        assertEquals("test:ada", closed.get(0).contact());
        assertEquals("unsubscribed", closed.get(0).cause());
        house.clock.advance(Duration.ofMinutes(1));
        int before = house.notifier.calls().size();
        ask(service, device, "10.0.0.3");
        deliverDue();
        assertEquals(before + 1, house.notifier.calls().size(), "only ben is told");
        service.contacts().reopen(OPERATOR, closed.get(0).id());
        ask(service, device, "10.0.0.4");
        deliverDue();
        assertEquals(
                "request.opened",
                house.notifier
                        .receivedBy("ada")
                        .get(house.notifier.receivedBy("ada").size() - 1));
        assertEquals(List.of(), service.contacts().closed(null, 10).items());
    }

    @Test
    void tellsEachOnceOverTwoNodesThatWorkAtTheSameTime() throws Exception {
        Random random = new Random(seed());
        house.notifier.otherwise((notice, contact) -> {
            synchronized (random) {
                return random.nextInt(3) == 0 ? BUSY : new Delivery.Done();
            }
        });
        try (Panocrypt other = anotherNode()) {
            for (int i = 0; i < 6; i++) {
                ask(service, NoticeHouse.device(service, "node-" + i, "web"), HOME);
            }
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                for (int i = 0; i < 60; i++) {
                    Future<Integer> one = threads.submit(() -> service.outbox().workOff());
                    Future<Integer> two = threads.submit(() -> other.outbox().workOff());
                    one.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                    two.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                    house.clock.advance(Duration.ofMinutes(1));
                }
            } finally {
                threads.shutdownNow();
            }
        }
        List<String> ids =
                house.notifier.taken().stream().map(call -> call.notice().id()).toList();
        assertEquals(12, ids.size());
        assertEquals(12, new HashSet<>(ids).size());
    }

    private static long seed() {
        long seed = Long.getLong("panocrypt.seed", System.nanoTime());
        System.out.println("seed " + seed);
        return seed;
    }

    @Test
    void losesNothingRepeatsNothingAndKeepsTheOrderWhateverChannelsDo() {
        Random random = new Random(seed());
        house.notifier.otherwise((notice, contact) -> misbehave(random));
        Map<String, List<String>> expected = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            Device next = NoticeHouse.device(service, "node-" + i, "web");
            ask(service, next, HOME);
            List<String> story = new ArrayList<>(List.of("request.opened"));
            deliverDue();
            boolean decided = random.nextBoolean();
            if (decided) {
                ApprovalRequest request =
                        service.approvals().list(ApprovalRequest.State.PENDING, null, 100).items().stream()
                                .filter(open -> open.deviceId().equals(next.id()))
                                .findFirst()
                                .orElseThrow();
                service.approvals().approve(ada, request.id(), "", Set.of());
                story.add("request.approved");
            }
            expected.put("node-" + i, story);
            house.clock.advance(Duration.ofSeconds(random.nextInt(30)));
        }
        house.deliverFor(service, Duration.ofHours(4), Duration.ofMinutes(1));
        assertEquals(0, service.outbox().status().waiting());
        assertEquals(List.of(), deadLetters());
        expected.forEach((name, story) -> assertEquals(story, storyOf(name, "test:ben"), name));
        expected.keySet().forEach(name -> assertEquals(List.of("request.opened"), storyOf(name, "test:ada"), name));
    }

    private Delivery misbehave(Random random) {
        int dice;
        synchronized (random) {
            dice = random.nextInt(10);
        }
        if (dice == 0) {
            throw new IllegalStateException("broken");
        }
        if (dice == 1) {
            return new Delivery.Later("busy", Optional.of(Duration.ofSeconds(90)));
        }
        return dice < 5 ? BUSY : new Delivery.Done();
    }

    private List<String> storyOf(String name, String contact) {
        return house.notifier.taken().stream()
                .filter(call -> call.contact().equals(contact)
                        && call.notice().deviceName().equals(Optional.of(name)))
                .map(call -> call.notice().event())
                .toList();
    }
}
