package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.notice.VapidKey;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The push key: created once for a store, kept in its custody. */
class VapidKeyTest {
    private static final byte[] INPUT = "header.claims".getBytes(StandardCharsets.US_ASCII);

    private final TestService house = new TestService();
    private final List<JwsSigner> given = new ArrayList<>();
    private final List<Panocrypt> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Panocrypt::close);
        house.close();
    }

    private Panocrypt.Builder settings() {
        return Panocrypt.builder()
                .store(house.memory)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .noticeInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE);
    }

    private Panocrypt pushing() {
        Panocrypt service = settings()
                .pushNotifier(key -> {
                    given.add(key);
                    return new Silent();
                })
                .build();
        opened.add(service);
        return service;
    }

    private static final class Silent implements Notifier {
        @Override
        public Set<String> schemes() {
            return Set.of("webpush");
        }

        @Override
        public Delivery deliver(Notice notice, URI contact) {
            return new Delivery.Done();
        }
    }

    private Optional<PolicyRecord> stored() {
        return house.memory.get(RecordMapper.SITE, "push-key");
    }

    @Test
    void isMadeOnceForAStore() {
        Optional<String> first = pushing().contacts().pushKey();
        assertTrue(first.isPresent());
        assertEquals(first, pushing().contacts().pushKey());
        assertEquals(given.get(0).key(), given.get(1).key());
        assertEquals(
                1,
                opened.get(0).history().audit(null, 100).items().stream()
                        .filter(row -> row.action().equals("site.make-push-key"))
                        .count());
    }

    @Test
    void signsWithoutLeavingItsCustody() {
        pushing();
        JwsSigner signer = given.get(0);
        assertEquals(Curve.P_256, signer.key().point().curve());
        assertTrue(signer.key().verify(INPUT, signer.sign(INPUT)));
        assertFalse(signer.toString().contains("sealed="), signer.toString());
    }

    @Test
    void isNotMadeWhereNothingIsPushed() {
        Panocrypt service = settings().notifier(new Silent()).build();
        opened.add(service);
        assertEquals(Optional.empty(), service.contacts().pushKey());
        assertEquals(Optional.empty(), stored());
    }

    /** A refused start must not create a site, which would bind the store to its custody. */
    @Test
    void isNotStoredWhereTwoNotifiersServeOneScheme() {
        MemoryStore empty = new MemoryStore(house.clock, "node-1");
        Panocrypt.Builder twice = settings().store(empty).notifier(new Silent()).pushNotifier(key -> new Silent());
        assertThrows(IllegalArgumentException.class, twice::build);
        assertEquals(Optional.empty(), empty.get(RecordMapper.SITE, "push-key"));
        assertEquals(Optional.empty(), empty.get(RecordMapper.SITE, "site"));
        assertEquals(List.of(), empty.heads());
    }

    /** Write access to the database must not suffice to make the site push with another key. */
    @Test
    void signsNothingWithAKeyThatWasPutInItsPlace() {
        pushing();
        PolicyRecord before = stored().orElseThrow();
        VapidKey genuine = RecordMapper.read(before, VapidKey.class);
        CustodyKey stranger = house.custody.generate(new KeyLabel("device-1", 1, KeyRole.SIGNING, Curve.P_256));
        assertNotEquals(genuine.key().publicKey(), stranger.publicKey());
        replace(before, new VapidKey(stranger, genuine.created()));
        pushing();
        assertThrows(CustodyException.class, () -> given.get(1).sign(INPUT));
        replace(
                stored().orElseThrow(),
                new VapidKey(new CustodyKey(stranger.publicKey(), genuine.key().sealed()), genuine.created()));
        pushing();
        assertThrows(CustodyException.class, () -> given.get(2).sign(INPUT));
    }

    private void replace(PolicyRecord before, VapidKey with) {
        PolicyEditor editor = house.editor();
        editor.apply(editor.draft(TestService.OPERATOR, "test.tamper", RecordMapper.SITE, "push-key", null, null)
                .put(new PolicyRecord(
                        RecordMapper.SITE, "push-key", before.version() + 1, Json.write(with), Set.of(), Set.of())));
    }
}
