package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators get if a stored record is damaged, and if the store refuses their input. */
class CorruptRecordApiTest {
    @TempDir
    Path directory;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
        server.store()
                .write(StoreWrite.of(
                                new JournalEntry("by-hand", JournalEntry.Kind.AUDIT, Instant.now(), null, "{broken"))
                        .growEpoch(true)
                        .put(new PolicyRecord("device", "broken", 1, "{secret", Set.of("token:t"), Set.of()))
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void namesItInThePageAndShowsTheRest() throws Exception {
        JsonNode audit = server.get("/audit").json();
        assertTrue(audit.path("items").size() > 0, audit::toString);
        assertEquals(1, audit.path("unreadable").size(), audit::toString);
        assertTrue(audit.path("unreadable").get(0).asText().startsWith("test-node/"), audit::toString);
        assertEquals(
                "[\"broken\"]", server.get("/devices").json().path("unreadable").toString());
        assertTrue(server.get("/members").json().path("unreadable").isMissingNode());
    }

    @Test
    void answersThatItCannotBeReadAndNotThatTheStoreIsAway() throws Exception {
        ApiServer.Answer answer = server.get("/devices/broken");
        assertEquals(500, answer.status());
        assertFalse(answer.json().toString().contains("secret"));
        assertEquals(200, server.get("/devices").status());
    }

    @Test
    void refusesACursorThatNoStoreCanLookFor() throws Exception {
        String cursor =
                Base64.getUrlEncoder().withoutPadding().encodeToString("1/1/a\0b".getBytes(StandardCharsets.UTF_8));
        assertEquals(400, server.get("/history?cursor=" + cursor).status());
        assertEquals(400, server.get("/audit?cursor=" + cursor).status());
        assertEquals(200, server.get("/history").status());
    }

    @Test
    void answers400ToWhatTheStoreRefuses() throws Exception {
        // The first call looks up the member.
        server.breakFromCall(2, new StoreInputException("a key is too long"));
        assertEquals(400, server.get("/members").status());
    }
}
