package io.panocrypt.testkit.notices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PromptNoticesTest {
    @Test
    void tellsByItselfRightAfterTheCommitAndStopsWhenClosed() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (NoticeHouse house = new NoticeHouse()) {
            MemoryStore store = new MemoryStore(house.clock, "node-a");
            house.notifier.otherwise((notice, contact) -> {
                told.countDown();
                return new Delivery.Done();
            });
            Panocrypt service = house.node(
                    store, builder -> builder.notifier(house.notifier).noticeInterval(Duration.ofHours(1)));
            NoticeHouse.group(service, "web", NoticeHouse.member(service, "ada", Role.APPROVER));
            NoticeHouse.ask(service, NoticeHouse.device(service, "web-1", "web"), NoticeHouse.HOME);
            assertTrue(
                    told.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS),
                    "an hour is the interval: only the commit can have woken it");
            service.close();
            assertEquals(List.of(), store.waiting(10), "what was delivered is settled before the service is closed");
        }
    }
}
