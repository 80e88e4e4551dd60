package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code show-keys} prints what a server advertises, if all of it is signed. */
class ShowKeysTest {
    private static final byte[] NOTHING = {};
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final JcaEngine ENGINE = new JcaEngine(RANDOM);

    private static final JwsSigner FIRST = signer();
    private static final JwsSigner SECOND = signer();
    private static final byte[] SIGNED = signed(FIRST, SECOND);

    private HttpServer server;
    private int status = 200;
    private byte[] body = SIGNED;
    private String asked = "";

    private static JwsSigner signer() {
        try (EcKeyPair pair = ENGINE.generate(Curve.P_256)) {
            return new JcaJwsSigner(pair, RANDOM);
        }
    }

    private static byte[] signed(JwsSigner... signers) {
        try (EcKeyPair exchange = ENGINE.generate(Curve.P_256)) {
            List<PublicJwk> keys = List.of(
                    signers[0].key(),
                    PublicJwk.of(KeyRole.EXCHANGE, exchange.publicKey()),
                    signers[signers.length - 1].key());
            return Advertisement.sign(keys, List.of(signers));
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().containsKey("Authorization");
            exchange.getResponseHeaders().add("Location", "/u/token/adv");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/u/token";
    }

    private static Tool.Result showKeys(String... typed) {
        String[] command = new String[typed.length + 1];
        command[0] = "show-keys";
        System.arraycopy(typed, 0, command, 1, typed.length);
        return Tool.main(NOTHING, command);
    }

    private static void assertFails(int exit, String line, Tool.Result result) {
        assertEquals("", result.text());
        assertTrue(result.errors().startsWith(line), result.errors());
        assertEquals(exit, result.exit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//"})
    void printsOneThumbprintForEachSigningKey(String tail) {
        Tool.Result result = showKeys(url() + tail);
        assertEquals(
                FIRST.key().kid() + "\n" + SECOND.key().kid() + "\n",
                result.ok().text());
        assertEquals("", result.errors());
        assertEquals("GET /u/token/adv false", asked);
    }

    @Test
    void printsOneJsonValue() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(showKeys(url(), "--json").ok().output());
        assertEquals(url(), json.path("url").asText());
        assertEquals(
                List.of(FIRST.key().kid(), SECOND.key().kid()),
                List.of(
                        json.path("thumbprints").path(0).asText(),
                        json.path("thumbprints").path(1).asText()));
    }

    @Nested
    class PrintsNothing {
        private void assertUntrusted(byte[] advertisement) {
            body = advertisement;
            assertFails(1, "what " + url() + "/adv answered cannot be trusted: ", showKeys(url()));
            Tool.Result json = showKeys(url(), "--json");
            assertEquals(1, json.exit());
            assertTrue(json.text().startsWith("{\"title\":\"what " + url()), json.text());
        }

        /** Somebody without the second key can put it into the list, but not sign with it. */
        @Test
        void whereASigningKeyHasNotSigned() {
            String alone = new String(signed(FIRST), StandardCharsets.US_ASCII);
            assertUntrusted(alone.replace(payload(alone), payload(new String(SIGNED, StandardCharsets.US_ASCII)))
                    .getBytes(StandardCharsets.US_ASCII));
            String all = new String(SIGNED, StandardCharsets.US_ASCII);
            String last = all.substring(all.lastIndexOf(", {\"protected\""), all.lastIndexOf("]}"));
            assertUntrusted(all.replace(last, "").getBytes(StandardCharsets.US_ASCII));
        }

        private static String payload(String jws) {
            return jws.split("\"")[3];
        }

        @Test
        void whereASignatureIsWrong() {
            byte[] other = SIGNED.clone();
            int at = new String(other, StandardCharsets.US_ASCII).lastIndexOf("\"signature\": \"") + 20;
            other[at] = (byte) (other[at] == 'A' ? 'B' : 'A');
            assertUntrusted(other);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "<html>", "{\"payload\":\"\"}"})
        void whereItIsNoAdvertisement(String text) {
            assertUntrusted(text.getBytes(StandardCharsets.US_ASCII));
        }

        @Test
        void whereItNeverEnds() {
            body = Arrays.copyOf(SIGNED, 1 << 22);
            assertFails(1, url() + "/adv is no advertisement: it is too long", showKeys(url()));
        }

        @ParameterizedTest
        @ValueSource(ints = {204, 302, 404, 500, 503})
        void whereTheServerRefuses(int refusal) {
            status = refusal;
            body = refusal == 302 ? SIGNED : NOTHING;
            assertFails(1, url() + "/adv answered HTTP " + refusal, showKeys(url()));
        }

        @Test
        void whereThereIsNoServer() {
            server.stop(0);
            assertFails(3, "cannot reach " + url() + ": no connection; does the server run?\n", showKeys(url()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"ftp://127.0.0.1", "127.0.0.1:80", "http://a@127.0.0.1", "http://127.0.0.1/?x", ""})
        void whereTheUrlIsNone(String typed) {
            assertFails(
                    2, "URL must be http://HOST[:PORT] or https://HOST[:PORT], with a path at most\n", showKeys(typed));
        }

        @Test
        void whereNothingIsNamed() {
            assertFails(2, "Missing required parameter: 'URL'\nsee 'panocrypt show-keys --help'\n", showKeys());
            assertFails(2, "--ca does nothing without https:// in URL\n", showKeys(url(), "--ca", "file"));
        }
    }

    /** The stock server, and what Debian's own tool prints of it and of ours. */
    @Test
    @Tag("long")
    @RequiresTools({StockTangd.TANGD, StockTangd.KEYGEN, "tang-show-keys", "jose", "curl"})
    void printsWhatTangsOwnToolPrints(@TempDir Path folder) throws Exception {
        Tool.run(NOTHING, StockTangd.KEYGEN, folder.toString()).ok();
        try (StockTangd tangd = new StockTangd(folder)) {
            assertSame(tangd.port());
            Tool.run(NOTHING, "/usr/libexec/tangd-rotate-keys", "-d", folder.toString())
                    .ok();
            assertSame(tangd.port());
        }
        try (ServerProcess ours = ServerProcess.serveTang(folder)) {
            assertSame(ours.port());
        }
    }

    private static void assertSame(int port) {
        String stock =
                Tool.run(NOTHING, "tang-show-keys", String.valueOf(port)).ok().text();
        assertEquals(1, stock.lines().count(), stock);
        assertEquals(
                stock.strip() + "\n", showKeys("http://127.0.0.1:" + port).ok().text());
    }
}
