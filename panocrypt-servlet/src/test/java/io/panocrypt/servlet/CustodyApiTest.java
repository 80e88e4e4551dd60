package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcPoint;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustodyApiTest {
    @TempDir
    Path directory;

    /** Like a token that was pulled. */
    private static final class Gone implements KeyCustody {
        private static CustodyException gone() {
            return new CustodyException("the token is gone", null);
        }

        @Override
        public CustodyKey generate(KeyLabel label) {
            throw gone();
        }

        @Override
        public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
            throw gone();
        }

        @Override
        public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
            throw gone();
        }

        @Override
        public String fingerprint() {
            throw gone();
        }
    }

    @Test
    void answersThatNothingWasChanged() throws Exception {
        ApiServer server =
                new ApiServer(directory, InstantSource.system(), settings -> settings.custody("hsm", new Gone()));
        try {
            ApiServer.Answer refused = server.post("/devices", "{\"name\":\"web-1\",\"custody\":\"hsm\"}");
            assertEquals(503, refused.status());
            assertEquals(
                    List.of("the custody of the keys failed, and nothing was changed: the token is gone"),
                    refused.problems());
            assertEquals("5", refused.header("Retry-After"));
            assertEquals(0, server.get("/devices").json().path("items").size());
        } finally {
            server.stop();
        }
    }
}
