package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.net.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantApiTest {
    @TempDir
    Path directory;

    private ApiServer server;
    private String device;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
        device = server.device("web-1", ",\"volumes\":2").path("id").asText();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private String allowances() {
        return "/devices/" + device + "/allowances";
    }

    @Nested
    class Allowances {
        @Test
        void haveDefaults() throws Exception {
            ApiServer.Answer made = server.post(allowances(), "");
            assertEquals(201, made.status());
            JsonNode allowance = made.json();
            assertEquals(device, allowance.path("deviceId").asText());
            assertEquals(2, allowance.path("uses").asInt());
            assertEquals(2, allowance.path("usesLeft").asInt());
            assertTrue(allowance.path("source").isNull());
            assertEquals("[\"disabled\"]", allowance.path("skips").toString());
            assertEquals("administrator", allowance.path("grantedBy").asText());
            assertEquals(
                    Duration.ofMinutes(60),
                    Duration.between(
                            Instant.parse(allowance.path("created").asText()),
                            Instant.parse(allowance.path("expires").asText())));
            assertEquals("/api/v1" + allowances() + "/" + allowance.path("id").asText(), made.header("Location"));
        }

        @ParameterizedTest
        @CsvSource({"192.0.2.9, 192.0.2.9/32", "192.0.2.0/24, 192.0.2.0/24", "any, any", "2001:db8::1, 2001:db8::1/128"
        })
        void showTheSourceTheyAreBoundTo(String asked, String shown) throws Exception {
            JsonNode allowance = server.post(
                            allowances(),
                            "{\"uses\":3,\"expiresIn\":\"P1D\",\"source\":\"" + asked
                                    + "\",\"skips\":[\"temporary-deny\",\"source\",\"source\"]}")
                    .json();
            assertEquals(shown, allowance.path("source").asText());
            assertEquals(3, allowance.path("uses").asInt());
            assertEquals(
                    "[\"source\",\"temporary-deny\"]", allowance.path("skips").toString());
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{\"uses\":0}                          | 400 | uses",
                    "{\"uses\":33}                         | 400 | uses",
                    "{\"uses\":1.5}                        | 400 | uses",
                    "{\"uses\":null}                       | 400 | uses",
                    "{\"expiresIn\":3600}                  | 400 | expiresIn",
                    "{\"expiresIn\":\"1h\"}                | 400 | expiresIn",
                    "{\"expiresIn\":\"PT0S\"}              | 400 | expiresIn",
                    "{\"expiresIn\":\"-PT1H\"}             | 400 | expiresIn",
                    "{\"expiresIn\":\"PT0.0001S\"}         | 400 | expiresIn",
                    "{\"expiresIn\":\"P8D\"}               | 400 | expiresIn",
                    "{\"expiresIn\":\"PT9223372036854775807S\"} | 400 | expiresIn",
                    "{\"expiresIn\":\"-PT9223372036854775807S\"} | 400 | expiresIn",
                    "{\"expiresIn\":\"-PT9223372036854775808S\"} | 400 | expiresIn",
                    "{\"expiresIn\":\"PT99999999999999999999S\"} | 400 | expiresIn",
                    "{\"source\":\"ANY\"}                  | 400 | source",
                    "{\"source\":\"\"}                     | 400 | source",
                    "{\"skips\":\"disabled\"}              | 400 | skips",
                    "{\"skips\":[\"lockdown\"]}            | 400 | skips",
                    "{\"skips\":[\"Disabled\"]}            | 400 | skips",
                    "{\"skips\":[\"source\"]}              | 400 | source",
                    "{\"skips\":[\"approval\"]}            | 403 | approver"
                })
        void refuseWhatMayNotBe(String body, int status, String named) throws Exception {
            ApiServer.Answer answer = server.post(allowances(), body);
            assertEquals(status, answer.status(), answer.response().body());
            assertTrue(
                    answer.problems().get(0).contains(named), answer.problems().toString());
            assertTrue(server.get(allowances()).json().path("items").isEmpty());
        }

        @Test
        void areListedInPagesAndCancelled() throws Exception {
            TreeSet<String> made = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                made.add(server.post(allowances(), "").json().path("id").asText());
            }
            JsonNode first = server.get(allowances() + "?limit=2").json();
            JsonNode second = server.get(allowances() + "?limit=2&cursor="
                            + first.path("nextCursor").asText())
                    .json();
            assertTrue(second.path("nextCursor").isNull());
            TreeSet<String> listed = new TreeSet<>();
            List.of(first, second)
                    .forEach(page -> page.path("items")
                            .forEach(item -> listed.add(item.path("id").asText())));
            assertEquals(made, listed);

            String gone = made.first();
            assertEquals(204, server.delete(allowances() + "/" + gone).status());
            assertEquals(404, server.delete(allowances() + "/" + gone).status());
            assertEquals(2, server.get(allowances()).json().path("items").size());
        }

        @Test
        void areSpentAndTheHistoryNamesThem() throws Exception {
            String id = server.post(allowances(), "{\"uses\":1,\"skips\":[\"source\"],\"source\":\"192.0.2.9\"}")
                    .json()
                    .path("id")
                    .asText();
            server.unlock(device, "192.0.2.9");
            assertTrue(server.get(allowances()).json().path("items").isEmpty());
            JsonNode row = server.get("/history").json().path("items").path(0);
            assertEquals(id, row.path("spent").asText());
            assertEquals("allowed-once", row.path("reason").asText());
        }

        @Test
        void areRefusedForRevokedDevice() throws Exception {
            server.post("/devices/" + device + "/revoke", "{\"confirm\":\"web-1\"}");
            assertEquals(409, server.post(allowances(), "").status());
        }
    }

    @Nested
    class TemporaryDenies {
        @Test
        void areShownAndLifted() throws Exception {
            String path = "/devices/" + device + "/temporary-deny";
            assertTrue(server.get(path).json().path("items").isEmpty());
            server.panocrypt()
                    .temporaryDenies()
                    .deny(
                            Actor.HOST,
                            device,
                            IpAddress.parse("192.0.2.9"),
                            Duration.ofMinutes(15),
                            "denied by an approver");
            server.panocrypt().temporaryDenies().deny(Actor.HOST, device, null, Duration.ofMinutes(15), "whole device");
            JsonNode page = server.get(path).json();
            assertEquals(2, page.path("items").size());
            TreeSet<String> shown = new TreeSet<>();
            page.path("items").forEach(item -> shown.add(item.path("source") + " " + item.path("cause")));
            assertEquals(
                    new TreeSet<>(List.of("\"192.0.2.9\" \"denied by an approver\"", "null \"whole device\"")), shown);
            assertEquals(204, server.delete(path).status());
            assertTrue(server.get(path).json().path("items").isEmpty());
            ApiServer.Answer nothing = server.delete(path);
            assertEquals(404, nothing.status());
            assertEquals(List.of("nothing to lift: the device has no temporary deny"), nothing.problems());
        }
    }
}
