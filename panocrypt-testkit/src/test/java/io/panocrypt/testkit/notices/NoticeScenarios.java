package io.panocrypt.testkit.notices;

import static io.panocrypt.testkit.notices.NoticeHouse.HOME;
import static io.panocrypt.testkit.notices.NoticeHouse.OPERATOR;
import static io.panocrypt.testkit.notices.NoticeHouse.ask;
import static io.panocrypt.testkit.notices.NoticeHouse.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.notify.Notice;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is notified of what, on any store. */
abstract class NoticeScenarios extends NoticeSite {
    @Nested
    class WhenADeviceWaits {
        @Test
        void tellsEachApproverOnceHoweverOftenTheHostAsks() {
            for (int i = 0; i < 500; i++) {
                assertInstanceOf(UnlockResult.Pending.class, ask(service, device, HOME));
                house.clock.advance(Duration.ofSeconds(31));
                if (i % 50 == 0) {
                    deliverDue();
                }
            }
            deliverDue();
            assertEquals(500, waiting(service).attempts());
            assertEquals(List.of("ada request.opened", "ben request.opened"), received());
        }

        @Test
        void saysWhatIsAskedAndWhereToLookAndNoSecret() {
            ask(service, device, HOME);
            deliverDue();
            ApprovalRequest request = waiting(service);
            Notice notice = house.notifier.taken().get(0).notice();
            assertEquals(Optional.of(device.id()), notice.deviceId());
            assertEquals(Optional.of("web-1"), notice.deviceName());
            assertEquals(Optional.of(HOME), notice.source());
            assertEquals(Optional.of(request.since()), notice.since());
            assertEquals("web-1 waits for approval from 10.0.0.1; request " + request.shortId(), notice.text());
            assertEquals(
                    Optional.of(URI.create("https://admin.example.org/console/requests/" + request.id())),
                    notice.link());
            assertTrue(!notice.toString().contains(device.token()));
        }

        @Test
        void tellsWhoeverBecomesAnApproverMeanwhileOnce() {
            ask(service, device, HOME);
            deliverDue();
            Member cleo = NoticeHouse.member(service, "cleo", Role.APPROVER);
            Member dan = NoticeHouse.member(service, "dan", Role.VIEWER);
            UserGroup night = service.userGroups().create(OPERATOR, "night", NoticeHouse.ids(dan));
            Set<String> all = new TreeSet<>(NoticeHouse.ids(ada, ben, cleo));
            all.add(night.id());
            service.approvalGroups()
                    .edit(OPERATOR, group.id(), 1, new ApprovalGroups.Change(null, null, all, null), false);
            deliverDue();
            assertEquals(List.of("ada request.opened", "ben request.opened", "cleo request.opened"), received());
            service.members().edit(OPERATOR, dan.id(), 1, new MemberChange(null, Role.APPROVER, null));
            service.members()
                    .edit(OPERATOR, ada.id(), 1, new MemberChange(null, null, List.of("test:ada", "test:ada2")));
            deliverDue();
            Member eve = NoticeHouse.member(service, "eve", Role.APPROVER);
            service.userGroups().edit(OPERATOR, night.id(), 1, null, NoticeHouse.ids(dan, eve));
            deliverDue();
            assertEquals(
                    List.of(
                            "ada request.opened",
                            "ada2 request.opened",
                            "ben request.opened",
                            "cleo request.opened",
                            "dan request.opened",
                            "eve request.opened"),
                    received());
        }

        @Test
        void tellsNothingToWhoeverWasFiredBeforeTheNoticeLeft() {
            ask(service, device, HOME);
            service.members().delete(OPERATOR, ada.id());
            deliverDue();
            assertEquals(List.of("ben request.opened"), received());
        }

        @Test
        void tellsNothingToWhoeverWasFiredBetweenTwoAttempts() {
            house.notifier.next("test:ada", ScriptedNotifier.later("busy"));
            ask(service, device, HOME);
            deliverDue();
            service.approvalGroups()
                    .edit(
                            OPERATOR,
                            group.id(),
                            1,
                            new ApprovalGroups.Change(null, null, NoticeHouse.ids(ben), null),
                            false);
            house.deliverFor(service, Duration.ofMinutes(1), Duration.ofSeconds(5));
            assertEquals(List.of("ben request.opened"), received());
            assertEquals(0, service.outbox().status().waiting());
        }

        @Test
        void tellsNobodyOfASourceThatPolicyRefuses() {
            assertInstanceOf(UnlockResult.Refused.class, ask(service, device, "192.0.2.66"));
            deliverDue();
            assertEquals(List.of(), received());
        }

        @Test
        void keepsQuietForAWhileToWhoeverDefers() {
            ask(service, device, HOME);
            deliverDue();
            service.approvals().defer(ada, waiting(service).id(), "at lunch");
            service.approvals().approve(ben, waiting(service).id(), "", Set.of());
            deliverDue();
            assertEquals(List.of("request.opened"), house.notifier.receivedBy("ada"));
            house.clock.advance(Duration.ofMinutes(10).minusMillis(1));
            deliverDue();
            assertEquals(List.of("request.opened"), house.notifier.receivedBy("ada"));
            house.clock.advance(Duration.ofMillis(1));
            deliverDue();
            assertEquals(List.of("request.opened", "request.approved"), house.notifier.receivedBy("ada"));
        }

        @Test
        void tellsTheOthersWhatOneDecided() {
            ask(service, device, HOME);
            deliverDue();
            service.approvals().approve(ada, waiting(service).id(), "", Set.of());
            deliverDue();
            assertInstanceOf(UnlockResult.Answered.class, ask(service, device, HOME));
            deliverDue();
            assertEquals(List.of("request.opened", "request.collected"), house.notifier.receivedBy("ada"));
            assertEquals(List.of("request.opened", "request.approved"), house.notifier.receivedBy("ben"));
            assertEquals(List.of("grant.spent", "device.first-source"), house.notifier.receivedBy("root"));
        }

        @Test
        void saysSoWhenTheRequestIsOverBeforeTheNoticeLeft() {
            ask(service, device, HOME);
            house.clock.advance(Duration.ofMinutes(11));
            deliverDue();
            assertEquals(
                    "web-1 asked for approval from 10.0.0.1; by now the request is expired",
                    house.notifier.taken().get(0).notice().text());
        }

        @Test
        void tellsOfADenialAndOfADisable() {
            ask(service, device, HOME);
            service.approvals().deny(ada, waiting(service).id(), "", false);
            ask(service, device, "10.0.0.2");
            service.devices().disable(OPERATOR, device.id());
            deliverDue();
            List<String> ben = house.notifier.receivedBy("ben");
            assertEquals(
                    List.of("request.denied", "request.opened", "request.opened", "request.withdrawn"),
                    ben.stream().sorted().toList());
            assertTrue(ben.indexOf("request.opened") < ben.indexOf("request.denied"));
        }
    }

    @Nested
    class WhenThereIsAThief {
        @Test
        void boundsTheNoticesOfRequestsThatExpireAndOpenAgain() {
            Device home = service.devices()
                    .create(
                            OPERATOR,
                            DeviceChange.none()
                                    .withName("home")
                                    .withSources("10.0.0.0/16")
                                    .withTags("web")
                                    .withCurve(Curve.P_256));
            int source = 0;
            for (int round = 0; round < 5; round++) {
                for (int place = 0; place < 4; place++) {
                    source++;
                    assertInstanceOf(
                            UnlockResult.Pending.class, ask(service, home, "10.0." + source / 200 + "." + source));
                }
                deliverDue();
                house.clock.advance(Duration.ofMinutes(11));
            }
            deliverDue();
            List<String> ada = house.notifier.receivedBy("ada");
            assertEquals(10, Collections.frequency(ada, "request.opened"));
            assertEquals(1, Collections.frequency(ada, "request.many"));
            house.clock.advance(Duration.ofHours(1));
            ask(service, home, HOME);
            deliverDue();
            assertEquals(11, Collections.frequency(house.notifier.receivedBy("ada"), "request.opened"));
        }

        @Test
        void stillTellsOfTheSourceThatHasCollected() {
            ask(service, device, HOME);
            service.approvals().approve(ada, waiting(service).id(), "", Set.of());
            ask(service, device, HOME);
            house.clock.advance(Duration.ofMinutes(11));
            for (int i = 0; i < 12; i++) {
                ask(service, device, "10.0.7." + (i + 1));
                if (i % 4 == 3) {
                    service.approvals().list(ApprovalRequest.State.PENDING, null, 10).items().stream()
                            .forEach(request -> service.approvals().deny(ada, request.id(), "", false));
                }
            }
            deliverDue();
            ask(service, device, HOME);
            deliverDue();
            assertEquals(
                    2,
                    house.notifier.taken().stream()
                            .filter(call -> call.contact().equals("test:ben"))
                            .filter(call -> call.notice().event().equals("request.opened"))
                            .filter(call -> call.notice().source().equals(Optional.of(HOME)))
                            .count());
            assertTrue(house.notifier.receivedBy("ben").contains("request.many"));
        }

        @Test
        void raisesOneAlarmAnHourForEachSourceOfADisabledDeviceAndTenAtMost() {
            service.devices().disable(OPERATOR, device.id());
            for (int i = 0; i < 300; i++) {
                ask(service, device, "192.0.2.1");
            }
            deliverDue();
            assertEquals(List.of("root device.refused-disabled"), received());
            for (int i = 2; i < 100; i++) {
                ask(service, device, "192.0.2." + i);
            }
            deliverDue();
            assertEquals(Collections.nCopies(10, "root device.refused-disabled"), received());
            house.clock.advance(Duration.ofHours(1));
            ask(service, device, "192.0.2.1");
            deliverDue();
            assertEquals(11, received().size());
        }

        @Test
        void raisesAnAlarmForARevokedDevice() {
            Device before = device;
            service.devices().revoke(OPERATOR, device.id(), "web-1");
            ask(service, before, "192.0.2.1");
            deliverDue();
            assertEquals(List.of("root device.refused-revoked"), received());
        }

        @Test
        void tellsAdministratorsOfFirstSourcesOnceAndOfEachGrant() {
            Device free = NoticeHouse.device(service, "free");
            for (int i = 0; i < 3; i++) {
                assertInstanceOf(UnlockResult.Answered.class, ask(service, free, HOME));
                assertInstanceOf(UnlockResult.Answered.class, ask(service, free, "2001:db8::" + (i + 1)));
            }
            deliverDue();
            assertEquals(Collections.nCopies(2, "root device.first-source"), received());
            try (Panocrypt other = anotherNode()) {
                assertInstanceOf(UnlockResult.Answered.class, ask(other, free, HOME));
                service.allowances()
                        .grant(
                                OPERATOR,
                                free.id(),
                                new AllowanceRequest(2, Duration.ofHours(1), Optional.empty(), false, Set.of()));
                assertInstanceOf(UnlockResult.Answered.class, ask(other, free, HOME));
                assertInstanceOf(UnlockResult.Answered.class, ask(other, free, HOME));
            }
            deliverDue();
            assertEquals(
                    List.of("grant.spent", "grant.spent"),
                    house.notifier.receivedBy("root").subList(2, 4));
        }

        @Test
        void tellsAdministratorsOnceThatNobodyCanApprove() {
            service.approvalGroups()
                    .edit(OPERATOR, group.id(), 1, new ApprovalGroups.Change(null, null, Set.of(), null), true);
            for (int i = 1; i < 20; i++) {
                assertInstanceOf(UnlockResult.Refused.class, ask(service, device, "10.0.0." + i));
            }
            deliverDue();
            assertEquals(List.of("root device.no-approver"), received());
        }

        @Test
        void tellsAdministratorsOfForwardingHeadersOfStrangers() {
            for (int i = 0; i < 50; i++) {
                service.reportForwardingHeader(IpAddress.parse("192.0.2.7"));
            }
            deliverDue();
            assertEquals(List.of("root health.forwarding-header"), received());
        }
    }

    @Test
    void tellsFormerApproversThatApprovalWasTakenAway() {
        NoticeHouse.device(service, "web-2", "web");
        service.approvalGroups().delete(OPERATOR, group.id(), true);
        deliverDue();
        assertEquals(List.of("ada approval.removed", "ben approval.removed"), received());
        assertEquals(
                "approval is no longer needed for web-1, web-2",
                house.notifier.taken().get(0).notice().text());
    }

    @Test
    void tellsTheFormerApproversOfADeviceWhoseTagsChange() {
        service.devices().edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("db"), true);
        deliverDue();
        assertEquals(List.of("ada approval.removed", "ben approval.removed"), received());
    }

    @Test
    void tellsWebhooksWhatTheyWant() {
        service.webhooks().create(OPERATOR, URI.create("hook://a.example.org/all"), Set.of());
        service.webhooks().create(OPERATOR, URI.create("hook://b.example.org/some"), Set.of("grant.spent"));
        ask(service, device, HOME);
        service.approvals().approve(ada, waiting(service).id(), "", Set.of());
        ask(service, device, HOME);
        deliverDue();
        assertEquals(
                List.of(
                        "//a.example.org/all request.opened",
                        "//a.example.org/all request.approved",
                        "//a.example.org/all grant.spent",
                        "//a.example.org/all request.collected",
                        "//a.example.org/all device.first-source",
                        "//b.example.org/some grant.spent"),
                house.webhooks.received().stream()
                        .sorted(Comparator.comparing((String line) -> line.split(" ")[0]))
                        .toList());
    }

    @Test
    void tellsADeletedWebhookNothing() {
        String id = service.webhooks()
                .create(OPERATOR, URI.create("hook://a.example.org/"), Set.of())
                .webhook()
                .id();
        house.webhooks.next("hook://a.example.org/", ScriptedNotifier.later("busy"));
        ask(service, device, HOME);
        deliverDue();
        service.webhooks().delete(OPERATOR, id);
        house.deliverFor(service, Duration.ofMinutes(1), Duration.ofSeconds(5));
        assertEquals(List.of(), house.webhooks.received());
        assertEquals(0, service.outbox().status().waiting());
    }
}
