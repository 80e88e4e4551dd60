package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule of the embedder, as operators see it, and the sign of life that a rule may read. */
class RuleApiTest {
    @TempDir
    private Path directory = Path.of("");

    private final List<RuleInput> inputs = new ArrayList<>();
    private Verdict verdict = Verdict.abstain();
    private ApiServer server;
    private String device;
    private String token;

    private final class Night implements UnlockRule {
        @Override
        public String name() {
            return "night";
        }

        @Override
        public Verdict evaluate(RuleInput input) {
            inputs.add(input);
            return verdict;
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(
                directory,
                InstantSource.system(),
                settings -> settings.rule(new Night()).ruleTimeout(ApiServer.MAX_WAIT));
        device = server.device("web-1", ",\"sources\":[\"127.0.0.0/8\"]")
                .path("id")
                .asText();
        token = server.panocrypt().devices().get(device).token();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private JsonNode dryRun() throws Exception {
        return server.post("/devices/" + device + "/dry-run", "{\"source\":\"127.0.0.1\"}")
                .json();
    }

    private JsonNode newest() throws Exception {
        return server.get("/devices/" + device + "/history")
                .json()
                .path("items")
                .path(0);
    }

    @Test
    void isNamedWhereItRefuses() throws Exception {
        verdict = Verdict.deny("it is night");
        assertEquals(new UnlockResult.Refused(Reason.RULE), server.unlock(device, "127.0.0.1"));
        for (JsonNode view : List.of(dryRun(), newest())) {
            assertEquals("denied", view.path("outcome").asText());
            assertEquals("rule:night", view.path("reason").asText());
            assertEquals(
                    "{\"name\":\"night\",\"reason\":\"it is night\"}",
                    view.path("rule").toString());
            assertEquals(
                    "{\"gate\":\"rule\",\"result\":\"fail\"}",
                    view.path("gates").path(5).toString());
        }
    }

    @Test
    void isNamedWhereItAsksOrFails() throws Exception {
        verdict = Verdict.requireApproval("it is night");
        assertEquals("no-approver", dryRun().path("reason").asText());
        assertEquals("night", dryRun().path("rule").path("name").asText());
        verdict = null;
        assertEquals("rule-failed", dryRun().path("reason").asText());
        assertEquals("answered null", dryRun().path("rule").path("reason").asText());
    }

    @Test
    void isSkippedByName() throws Exception {
        verdict = Verdict.deny("it is night");
        assertEquals(
                201,
                server.post("/devices/" + device + "/allowances", "{\"skips\":[\"rule\"]}")
                        .status());
        assertEquals("allowed-once", dryRun().path("reason").asText());
        assertTrue(dryRun().path("gates").toString().contains("{\"gate\":\"rule\",\"result\":\"skipped\"}"));
    }

    @Test
    void isNullWhereNoneDecides() throws Exception {
        server.unlock(device, "127.0.0.1");
        assertTrue(dryRun().path("rule").isNull());
        assertTrue(newest().path("rule").isNull());
    }

    private ApiServer.Answer alive(String method, String path) throws Exception {
        return server.send(
                HttpRequest.newBuilder(server.uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void readsASignOfLife() throws Exception {
        ApiServer.Answer answer = alive("POST", "/u/" + token + "/alive");
        assertEquals(204, answer.status());
        assertEquals("", answer.response().body());
        assertEquals("no-store", answer.header("Cache-Control"));
        dryRun();
        assertTrue(inputs.get(0).lastAlive().isPresent());
        assertEquals(
                0,
                server.get("/devices/" + device + "/history")
                        .json()
                        .path("items")
                        .size());
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /u/nobody/alive, 404",
        "POST, /u/TOKEN/alive/, 404",
        "POST, /u/TOKEN/alive?x, 404",
        "POST, /u/TOKEN/Alive, 404",
        "GET, /u/TOKEN/alive, 405",
        "PUT, /u/nobody/alive, 405",
    })
    void refusesOtherSignsOfLife(String method, String path, int status) throws Exception {
        ApiServer.Answer answer = alive(method, path.replace("TOKEN", token));
        assertEquals(status, answer.status());
        if (status == 405) {
            assertEquals("POST", answer.header("Allow"));
        }
        dryRun();
        assertTrue(inputs.get(0).lastAlive().isEmpty());
    }

    @Test
    void refusesASignOfLifeFromElsewhere() throws Exception {
        String other = server.device("web-2", ",\"sources\":[\"192.0.2.0/24\"]")
                .path("id")
                .asText();
        String path = "/u/" + server.panocrypt().devices().get(other).token() + "/alive";
        assertEquals(404, alive("POST", path).status());
    }
}
