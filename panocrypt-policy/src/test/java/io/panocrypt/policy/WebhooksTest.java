package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.internal.notice.WebhookSecrets;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhooksTest {
    private static final URI RECEIVER = URI.create("https://receiver.example.org/panocrypt");

    private final TestService house = new TestService();
    private final List<String> sent = new ArrayList<>();
    private Optional<ContactSecrets> secrets = Optional.empty();
    private Delivery answer = new Delivery.Done();
    private final Panocrypt service = Panocrypt.builder()
            .store(house.memory)
            .custody(house.custody)
            .publicUrl(URI.create("http://192.0.2.80:8080"))
            .clock(house.clock)
            .checkpointInterval(Duration.ZERO)
            .noticeInterval(Duration.ZERO)
            .limits(TestTimeout.SERVICE)
            .notifier(channel("mailto"))
            .webhookNotifier(found -> {
                secrets = Optional.of(found);
                return channel("https");
            })
            .build();

    @AfterEach
    void close() {
        service.close();
        house.close();
    }

    private Notifier channel(String scheme) {
        return new Notifier() {
            @Override
            public Set<String> schemes() {
                return Set.of(scheme);
            }

            @Override
            public Delivery deliver(Notice notice, URI contact) {
                sent.add(notice.event() + " to " + contact);
                return answer;
            }
        };
    }

    private Webhooks.Issued create(String url, String... events) {
        return service.webhooks().create(TestService.OPERATOR, URI.create(url), Set.of(events));
    }

    private List<String> secretsOf(URI contact) {
        return secrets.orElseThrow().find(contact);
    }

    @Test
    void tellsTheSecretOnceAndFindsItAgain() {
        Webhooks.Issued issued = create(RECEIVER.toString());
        assertTrue(issued.secret().startsWith("whsec_"));
        assertEquals(32, Base64.getDecoder().decode(issued.secret().substring(6)).length);
        assertEquals(List.of(issued.secret()), secretsOf(RECEIVER));
        assertEquals(List.of(), secretsOf(URI.create("https://stranger.example.org/")));
        assertNotEquals(issued.secret(), create("https://other.example.org/").secret());
    }

    @Test
    void keepsNoSecretInTheStoreNorInTheAudit() {
        Webhooks.Issued issued = create(RECEIVER.toString());
        String bare = issued.secret().substring("whsec_".length());
        for (PolicyRecord record : house.memory.scan(RecordMapper.WEBHOOK, null, null, 10)) {
            assertFalse(record.body().contains(bare));
        }
        service.history().audit(null, 100).items().forEach(row -> {
            assertFalse(row.after().contains(bare));
            assertFalse(row.after().contains("sealed"));
        });
        assertFalse(issued.toString().contains(bare));
    }

    /** Every viewer may read the audit. */
    @Test
    void tellsInTheAuditThatATargetHasChangedAndNotWhichItIs() {
        Webhook hook = create("https://receiver.example.org/secret-path?key=1").webhook();
        URI other = URI.create("https://receiver.example.org/other-path");
        service.webhooks().edit(TestService.OPERATOR, hook.id(), 1, other, null);
        service.webhooks().edit(TestService.OPERATOR, hook.id(), 2, null, Set.of("request.opened"));
        List<AuditRecord> rows = service.history().audit(null, 2).items();
        String host = "\"url\":\"https://receiver.example.org";
        assertTrue(rows.get(1).before().contains(host + " #1\""), rows.get(1).before());
        assertTrue(rows.get(1).after().contains(host + " #2\""), rows.get(1).after());
        assertTrue(rows.get(0).after().contains(host + " #1\""), "it is the same as before");
        service.history().audit(null, 100).items().forEach(row -> {
            assertFalse((row.before() + row.after()).contains("-path"));
            assertFalse((row.before() + row.after()).contains("key=1"));
        });
    }

    @Test
    void findsNoSecretUnderAnotherMasterKey() {
        create(RECEIVER.toString());
        try (var other = TestService.newMasterKey()) {
            WebhookSecrets keys = new WebhookSecrets(
                    house.memory, new SealedKeyCustody(other, TestService.ENGINE, TestService.RANDOM));
            assertThrows(CustodyException.class, () -> keys.find(RECEIVER));
        }
    }

    @Test
    void replacesTheSecretAndEndsTheOldOne() {
        Webhooks.Issued first = create(RECEIVER.toString());
        Webhooks.Issued second = service.webhooks()
                .rotateSecret(TestService.OPERATOR, first.webhook().id());
        assertNotEquals(first.secret(), second.secret());
        assertEquals(List.of(second.secret()), secretsOf(RECEIVER));
        assertEquals(2, second.webhook().version());
    }

    @Test
    void keepsTheSecretWhenTheUrlChanges() {
        Webhooks.Issued issued = create(RECEIVER.toString(), "grant.spent");
        URI moved = URI.create("https://moved.example.org/");
        Webhook after = service.webhooks()
                .edit(TestService.OPERATOR, issued.webhook().id(), 1, moved, Set.of("request.opened"));
        assertEquals(Set.of("request.opened"), after.events());
        assertEquals(List.of(issued.secret()), secretsOf(moved));
        assertEquals(List.of(), secretsOf(RECEIVER));
        assertEquals(after, service.webhooks().get(after.id()));
        assertEquals(List.of(after), service.webhooks().list(null, 10).items());
        OperationException stale = assertThrows(
                OperationException.class,
                () -> service.webhooks().edit(TestService.OPERATOR, after.id(), 1, RECEIVER, null));
        assertEquals(OperationException.Kind.STALE, stale.kind());
    }

    @Test
    void refusesAUrlThatAnotherWebhookHas() {
        create(RECEIVER.toString());
        OperationException taken = assertThrows(OperationException.class, () -> create(RECEIVER.toString()));
        assertEquals(OperationException.Kind.TAKEN, taken.kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://receiver.example.org/",
                "mailto:ada@example.org",
                "https://user:word@receiver.example.org/",
                "https://receiver.example.org/#part",
                "https:///path",
                "receiver"
            })
    void refusesAUrlThatCannotBeServed(String url) {
        OperationException refused = assertThrows(OperationException.class, () -> create(url));
        assertEquals(OperationException.Kind.INVALID, refused.kind());
        assertFalse(refused.getMessage().contains("word"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"request.open", "notice.test"})
    void namesTheEventThatThereIsNot(String event) {
        OperationException refused =
                assertThrows(OperationException.class, () -> create(RECEIVER.toString(), "request.opened", event));
        assertEquals(1, refused.problems().size(), refused.getMessage());
        assertTrue(
                refused.problems().get(0).startsWith(event + " is not an event for webhooks, only approval."),
                refused.getMessage());
    }

    @Test
    void showsNoMoreThanTheBeginningOfALongOne() {
        OperationException refused =
                assertThrows(OperationException.class, () -> create(RECEIVER.toString(), "\ud83d\ude00".repeat(5000)));
        assertTrue(refused.getMessage().startsWith("\ud83d\ude00".repeat(8) + "... (5000 characters) is not an event"));
    }

    @Test
    void triesAWebhookAndAContact() {
        String id = create(RECEIVER.toString()).webhook().id();
        assertEquals(new Delivery.Done(), service.webhooks().test(TestService.OPERATOR, id));
        answer = new Delivery.Gone("no such box");
        assertEquals(answer, service.contacts().test(TestService.OPERATOR, "mailto:ada@example.org"));
        assertEquals(List.of("notice.test to " + RECEIVER, "notice.test to mailto:ada@example.org"), sent);
        assertThrows(OperationException.class, () -> service.contacts().test(TestService.OPERATOR, "ntfy://x/y"));
    }

    @Test
    void admitsContactsThatANotifierServesAndKeepsOldOnes() {
        MemberChange mail = new MemberChange("ada", null, List.of("mailto:ada@example.org"));
        var ada = service.members().create(TestService.OPERATOR, mail, null).member();
        for (String wrong : List.of("ntfy://example.org/secret-topic", "ada@example.org", "https://x.example.org/")) {
            MemberChange change = new MemberChange(null, null, List.of(wrong));
            OperationException refused = assertThrows(
                    OperationException.class, () -> service.members().edit(TestService.OPERATOR, ada.id(), 1, change));
            assertFalse(refused.getMessage().contains("secret-topic"));
        }
        // The other service has no notifiers and accepts contacts that it cannot check; this one then leaves them
        // alone.
        MemberChange both = new MemberChange(null, null, List.of("ntfy://example.org/t", "mailto:ada@example.org"));
        house.service.members().edit(TestService.OPERATOR, ada.id(), 1, both);
        service.members().edit(TestService.OPERATOR, ada.id(), 2, both);
        assertEquals(Set.of("mailto"), service.contacts().schemes());
    }

    @Test
    void keepsTheOutboxEmptyWhereNobodyCanBeTold() {
        house.service
                .devices()
                .disable(TestService.OPERATOR, house.device("web-1").id());
        house.unlock(house.service.devices().byName("web-1").orElseThrow(), TestService.HOME);
        house.service.reportForwardingHeader(
                TestService.address(TestService.HOME).orElseThrow());
        assertEquals(List.of(), house.memory.waiting(10));
        assertEquals(0, house.service.outbox().workOff());
    }
}
