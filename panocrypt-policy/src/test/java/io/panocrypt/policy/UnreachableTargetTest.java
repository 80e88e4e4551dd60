package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.notify.NtfyNotifier;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.TargetPolicy;
import io.panocrypt.policy.notify.WebhookNotifier;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that can never be reached are refused when they are entered, instead of a dead letter a day later. */
class UnreachableTargetTest {
    private final TestService house = new TestService();
    private final Panocrypt strict = service(TargetPolicy.allowing(List.of()).setBy("--notify-allow"));

    private Panocrypt service(TargetPolicy policy) {
        OutboundHttp http = new OutboundHttp(policy);
        return Panocrypt.builder()
                .store(house.memory)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .noticeInterval(Duration.ZERO)
                .webhookNotifier(secrets -> new WebhookNotifier(http, secrets, house.clock))
                .notifier(new NtfyNotifier(http, server -> Optional.empty(), house.clock))
                .build();
    }

    @AfterEach
    void close() {
        strict.close();
        house.close();
    }

    private static void assertNamesTheOption(OperationException refused, String path) {
        assertTrue(refused.getMessage().contains("--notify-allow"), refused.getMessage());
        assertFalse(refused.getMessage().contains(path), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9/hidden",
                "https://127.0.0.1/hidden",
                "https://[fd00::1]/hidden",
                "http://receiver.example.org/hidden"
            })
    void noWebhookIsMadeOrMovedThere(String url) {
        assertNamesTheOption(
                assertRefused(Kind.INVALID, () -> strict.webhooks().create(OPERATOR, URI.create(url), Set.of())),
                "hidden");
        Webhook good = strict.webhooks()
                .create(OPERATOR, URI.create("https://receiver.example.org/"), Set.of())
                .webhook();
        assertNamesTheOption(
                assertRefused(
                        Kind.INVALID, () -> strict.webhooks().edit(OPERATOR, good.id(), 1, URI.create(url), null)),
                "hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ntfy://10.0.0.1/hidden", "ntfy://ntfy.example.org/hidden?secure=false"})
    void noMemberIsToldThere(String contact) {
        MemberChange wanted = new MemberChange("ada", null, List.of(contact));
        assertNamesTheOption(
                assertRefused(Kind.INVALID, () -> strict.members().create(OPERATOR, wanted, null)), "hidden");
        assertNamesTheOption(assertRefused(Kind.INVALID, () -> strict.contacts().test(OPERATOR, contact)), "hidden");
    }

    @Test
    void whatIsStoredAlreadyStaysEditable() {
        try (Panocrypt loose = service(TargetPolicy.allowing(List.of(Cidr.parse("127.0.0.0/8"))))) {
            Webhook near = loose.webhooks()
                    .create(OPERATOR, URI.create("http://127.0.0.1:9/"), Set.of())
                    .webhook();
            assertEquals(
                    Set.of("grant.spent"),
                    strict.webhooks()
                            .edit(OPERATOR, near.id(), 1, null, Set.of("grant.spent"))
                            .events());
        }
    }
}
