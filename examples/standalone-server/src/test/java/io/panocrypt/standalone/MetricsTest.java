package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionEvent.Fault;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.standalone.common.BuildInfo;
import io.panocrypt.standalone.web.Metrics;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private static final String ATTEMPTS = "panocrypt_unlock_attempts_total";
    private static final String ALLOWED = ATTEMPTS + "{outcome=\"allowed\",reason=\"allowed\"}";
    private static final String REFUSED = ATTEMPTS + "{outcome=\"denied\",reason=\"source-not-allowed\"}";
    private static final String DISABLED = ATTEMPTS + "{outcome=\"denied\",reason=\"disabled\"}";
    private static final String UNKNOWN = ATTEMPTS + "{outcome=\"denied\",reason=\"unknown-key\"}";

    @Nested
    class OfARunningServer {

        @TempDir
        private Path directory = Path.of("");

        private final HttpClient http = HttpClient.newHttpClient();

        private HttpResponse<String> get(String url) throws IOException, InterruptedException {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        }

        private HttpResponse<String> getAs(String token, String url) throws IOException, InterruptedException {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        /** Scrapes until the condition holds: counters are updated shortly after the answers. */
        private PrometheusText scrape(ServerProcess server, Predicate<PrometheusText> isSo) throws Exception {
            long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
            while (true) {
                HttpResponse<String> answer = get(server.adminUrl() + "/metrics");
                assertEquals(200, answer.statusCode());
                assertEquals(
                        "text/plain; version=0.0.4; charset=utf-8",
                        answer.headers().firstValue("Content-Type").orElse("").toLowerCase(java.util.Locale.ROOT));
                PrometheusText text = PrometheusText.parse(answer.body());
                if (isSo.test(text)) {
                    return text;
                }
                assertTrue(System.nanoTime() < deadline, () -> "never so: " + text.samples());
            }
        }

        @Test
        void tellsGrantedAndDeniedByReasonAndHowLongThatTook() throws Exception {
            try (ServerProcess server = ServerProcess.serve(directory, 0, "--admin-listen", "127.0.0.1:0")) {
                scrape(server, text -> text.value(ALLOWED) == 0 && text.value(REFUSED) == 0);
                JsonNode web = server.call(
                                "POST",
                                "/devices",
                                "{\"name\":\"web-1\",\"sources\":[\"127.0.0.1/32\"],\"curve\":\"P-256\"}")
                        .ok();
                JsonNode elsewhere = server.call(
                                "POST",
                                "/devices",
                                "{\"name\":\"web-2\",\"sources\":[\"192.0.2.1/32\"],\"curve\":\"P-256\"}")
                        .ok();
                Client client = new Client(Curve.P_256);
                for (int i = 0; i < 3; i++) {
                    assertEquals(200, recover(client, web));
                    assertEquals(403, recover(client, elsewhere));
                }
                server.call("POST", "/devices/" + web.path("id").asText() + "/disable", "")
                        .ok();
                assertEquals(403, recover(client, web));
                assertEquals(404, client.recover(URI.create(server.url() + "/u/" + "a".repeat(26)), "kid"));

                PrometheusText text = scrape(server, seen -> seen.value(UNKNOWN) == 1 && seen.value(DISABLED) == 1);
                assertEquals(3, text.value(ALLOWED));
                assertEquals(3, text.value(REFUSED));
                assertEquals("counter", text.types().get(ATTEMPTS));
                assertEquals("histogram", text.types().get("panocrypt_unlock_decision_seconds"));
                assertEquals(3, text.value("panocrypt_unlock_decision_seconds_count{outcome=\"allowed\"}"));
                assertEquals(5, text.value("panocrypt_unlock_decision_seconds_count{outcome=\"denied\"}"));
                assertEquals(3, text.value("panocrypt_unlock_multiplication_seconds_count"));
                assertTrue(text.value("panocrypt_unlock_multiplication_seconds_sum") > 0);
                for (Fault fault : Fault.values()) {
                    String name = fault.name().toLowerCase(java.util.Locale.ROOT);
                    assertEquals(0, text.value("panocrypt_unlock_errors_total{fault=\"" + name + "\"}"));
                }
                // The refusals have notified administrators through the outbox.
                scrape(
                        server,
                        seen -> seen.value("panocrypt_outbox_waiting") == 0
                                && seen.value("panocrypt_outbox_lag_seconds") == 0);
                assertTrue(text.samples().keySet().stream().anyMatch(key -> key.startsWith("jvm_memory_used_bytes")));
                assertTrue(text.samples().keySet().stream().anyMatch(key -> key.startsWith("process_uptime_seconds")));
                assertEquals(
                        1L,
                        text.samples().keySet().stream()
                                .filter(key -> key.startsWith("panocrypt_build_info{")
                                        && key.contains("version=\"" + BuildInfo.VERSION + "\""))
                                .count());
                assertTellsNobody(text, web, elsewhere);
            }
        }

        private static int recover(Client client, JsonNode device) throws IOException, InterruptedException {
            String kid = device.path("keys").path(0).path("exchange").asText();
            return client.recover(URI.create(device.path("unlockUrl").asText()), kid);
        }

        private static void assertTellsNobody(PrometheusText text, JsonNode... devices) {
            String all = text.samples().keySet().toString();
            for (JsonNode device : devices) {
                String url = device.path("unlockUrl").asText();
                for (String word : Set.of(
                        device.path("id").asText(), device.path("name").asText(), url.substring(url.length() - 26))) {
                    assertFalse(all.contains(word), word);
                }
            }
            assertFalse(all.contains("127.0.0.1"));
        }

        @Test
        void standsWhereOperatorsWorkAndThereOnly() throws Exception {
            try (ServerProcess server = ServerProcess.serve(directory, 0, "--admin-listen", "127.0.0.1:0")) {
                assertEquals(404, get(server.url() + "/metrics").statusCode());
                assertEquals(200, get(server.adminUrl() + "/metrics").statusCode());
            }
            try (ServerProcess server = ServerProcess.serve(directory, 0)) {
                HttpResponse<String> refused = get(server.url() + "/metrics");
                assertEquals(401, refused.statusCode());
                assertFalse(refused.body().contains("panocrypt_"));
                String viewer = server.call("POST", "/members", "{\"name\":\"prometheus\",\"role\":\"viewer\"}")
                        .ok()
                        .path("token")
                        .asText();
                assertTrue(getAs(viewer, server.url() + "/metrics").body().contains(ATTEMPTS));
                String account = server.call(
                                "POST",
                                "/members",
                                "{\"name\":\"ci\",\"scopes\":[{\"act\":\"read\",\"tags\":[\"env=test\"]}]}")
                        .ok()
                        .path("token")
                        .asText();
                HttpResponse<String> denied = getAs(account, server.url() + "/metrics");
                assertEquals(403, denied.statusCode());
                assertTrue(denied.body().contains("use a viewer's token"), denied.body());
            }
        }
    }

    private static DecisionEvent failed(Fault fault) {
        return new DecisionEvent.Failed(fault, Optional.of("device"), Duration.ofMillis(3));
    }

    private static Map<String, Double> ofPanocrypt(Metrics metrics) {
        return PrometheusText.parse(metrics.scrape()).samples().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("panocrypt_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void countsErrorsApartFromDenials() {
        Metrics metrics = new Metrics(List.of());
        metrics.onEvent(failed(Fault.STORE));
        metrics.onEvent(failed(Fault.STORE));
        metrics.onEvent(failed(Fault.CUSTODY));
        metrics.onLost(7);
        Map<String, Double> samples = ofPanocrypt(metrics);
        assertEquals(2, samples.get("panocrypt_unlock_errors_total{fault=\"store\"}"));
        assertEquals(1, samples.get("panocrypt_unlock_errors_total{fault=\"custody\"}"));
        assertEquals(0, samples.get("panocrypt_unlock_errors_total{fault=\"contention\"}"));
        assertEquals(7, samples.get("panocrypt_metrics_lost_total"));
        assertTrue(samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(ATTEMPTS))
                .allMatch(sample -> sample.getValue() == 0));
    }

    private static DecisionEvent decided(Outcome outcome, Reason reason, String rule) {
        return new DecisionEvent.Decided(
                Instant.EPOCH,
                "device",
                Optional.empty(),
                outcome,
                reason,
                Optional.of(rule),
                Duration.ofMillis(3),
                Optional.empty());
    }

    @Test
    void countsWhatRulesSaid() {
        Metrics metrics = new Metrics(List.of("night", "liveness"));
        metrics.onEvent(decided(Outcome.DENIED, Reason.RULE, "night"));
        metrics.onEvent(decided(Outcome.PENDING, Reason.APPROVAL_PENDING, "night"));
        metrics.onEvent(decided(Outcome.ALLOWED, Reason.APPROVED, "night"));
        metrics.onEvent(decided(Outcome.ALLOWED, Reason.ALLOWED_ONCE, "night"));
        metrics.onEvent(decided(Outcome.DENIED, Reason.RULE_FAILED, "liveness"));
        metrics.onEvent(new DecisionEvent.Alive(Optional.of("device")));
        metrics.onEvent(new DecisionEvent.Alive(Optional.empty()));
        metrics.onEvent(new DecisionEvent.Alive(Optional.empty()));
        Map<String, Double> samples = ofPanocrypt(metrics);
        assertEquals(1, samples.get("panocrypt_unlock_rules_total{rule=\"night\",verdict=\"deny\"}"));
        assertEquals(2, samples.get("panocrypt_unlock_rules_total{rule=\"night\",verdict=\"require-approval\"}"));
        assertEquals(0, samples.get("panocrypt_unlock_rules_total{rule=\"night\",verdict=\"failed\"}"));
        assertEquals(1, samples.get("panocrypt_unlock_rules_total{rule=\"liveness\",verdict=\"failed\"}"));
        assertEquals(1, samples.get("panocrypt_unlock_attempts_total{outcome=\"denied\",reason=\"rule\"}"));
        assertEquals(1, samples.get("panocrypt_unlock_attempts_total{outcome=\"denied\",reason=\"rule-failed\"}"));
        assertEquals(1, samples.get("panocrypt_alive_calls_total{result=\"accepted\"}"));
        assertEquals(2, samples.get("panocrypt_alive_calls_total{result=\"refused\"}"));
    }

    @Test
    void asksHowFarTheOutboxLagsBehind() {
        Metrics metrics = new Metrics(List.of());
        Instant now = Instant.parse("2026-01-01T00:01:00.500Z");
        metrics.watch(() -> new OutboxStatus(now, 4, Optional.of(Instant.parse("2026-01-01T00:00:00Z")), 2));
        Map<String, Double> samples = ofPanocrypt(metrics);
        assertEquals(60.5, samples.get("panocrypt_outbox_lag_seconds"));
        assertEquals(4, samples.get("panocrypt_outbox_waiting"));
        assertEquals(2, samples.get("panocrypt_outbox_dead"));
    }

    @Test
    void tellsTheRestWhereTheStoreIsSilent() {
        Metrics metrics = new Metrics(List.of());
        metrics.watch(() -> {
            throw new StoreException("out of order, says the test");
        });
        metrics.onEvent(failed(Fault.STORE));
        Map<String, Double> samples = ofPanocrypt(metrics);
        assertEquals(Double.NaN, samples.get("panocrypt_outbox_lag_seconds"));
        assertEquals(1, samples.get("panocrypt_unlock_errors_total{fault=\"store\"}"));
    }

    @Test
    void keepsTheBucketsItIsAskedFor() {
        Metrics metrics = new Metrics(List.of());
        metrics.onEvent(new DecisionEvent.Unknown(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(30))));
        Map<String, Double> samples = ofPanocrypt(metrics);
        String bucket = "panocrypt_unlock_decision_seconds_bucket{outcome=\"denied\",le=\"%s\"}";
        assertEquals(0, samples.get(bucket.formatted("0.025")));
        assertEquals(1, samples.get(bucket.formatted("0.05")));
        assertEquals(1, samples.get(bucket.formatted("+Inf")));
    }
}
