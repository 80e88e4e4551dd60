package io.panocrypt.testkit.notices;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.testkit.support.MutableClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two approvers, an administrator, and a device that needs approval, on any store. */
abstract class NoticeSite {
    /** Stores that share their data. */
    interface Stores extends AutoCloseable {
        Panocrypt node(NoticeHouse house, String name);

        @Override
        void close();
    }

    NoticeHouse house;
    Panocrypt service;
    Member ada;
    Member ben;
    Member root;
    ApprovalGroup group;
    Device device;
    private Stores stores;

    abstract Stores stores(MutableClock clock) throws Exception;

    @BeforeEach
    void move() throws Exception {
        house = new NoticeHouse();
        stores = stores(house.clock);
        service = stores.node(house, "node-a");
        ada = NoticeHouse.member(service, "ada", Role.APPROVER);
        ben = NoticeHouse.member(service, "ben", Role.APPROVER);
        root = NoticeHouse.member(service, "root", Role.ADMIN);
        group = NoticeHouse.group(service, "web", ada, ben);
        device = NoticeHouse.device(service, "web-1", "web");
    }

    @AfterEach
    void leave() {
        service.close();
        stores.close();
        house.close();
    }

    /** A second node on the same store. */
    final Panocrypt anotherNode() {
        return stores.node(house, "node-b");
    }

    final void deliverDue() {
        service.outbox().workOff();
    }

    /** Who received what, sorted. */
    final List<String> received() {
        return house.notifier.received().stream().sorted().toList();
    }
}
