package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.StandardEngine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master key over REST. */
class MasterKeyApiTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void isShownAndRefusesWhatIsDone() throws Exception {
        SecureRandom random = new SecureRandom();
        MasterKey current = MasterKey.generate(random);
        MasterKey spare = MasterKey.generate(random);
        ApiServer server = new ApiServer(
                folder,
                InstantSource.system(),
                settings -> settings.custody(
                        new SealedKeyCustody(current, List.of(spare), new StandardEngine(random), random)));
        try {
            server.post("/devices", "{\"name\":\"web-1\"}");
            JsonNode status = server.get("/master-key").json();
            assertEquals(current.fingerprint(), status.get("fingerprint").asText());
            assertEquals(current.fingerprint(), status.get("offered").asText());
            assertTrue(status.get("settled").asBoolean(), status.toString());
            assertEquals(3, status.get("keys").asInt());
            assertEquals(0, status.get("remaining").asInt());
            assertTrue(status.get("rewrapStarted").isNull(), status.toString());
            assertEquals(2, status.get("nodes").get(0).get("fingerprints").size());
            ApiServer.Answer refused = server.post("/master-key/rewrap", "{}");
            assertEquals(409, refused.status());
            assertTrue(
                    refused.json().get("problems").get(0).asText().contains("already"),
                    refused.json().toString());
        } finally {
            server.stop();
        }
    }
}
