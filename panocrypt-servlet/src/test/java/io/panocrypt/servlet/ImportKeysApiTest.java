package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.Role;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Tang server's keys become a device over REST, and the root answers as that device. */
class ImportKeysApiTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    @TempDir
    private Path directory;

    private final Key signing = new Key(KeyRole.SIGNING);
    private final Key exchange = new Key(KeyRole.EXCHANGE);
    private final Key oldSigning = new Key(KeyRole.SIGNING);
    private final Key oldExchange = new Key(KeyRole.EXCHANGE);
    private ApiServer server;
    private Server root;

    /** A key of a Tang server. */
    private static final class Key {
        private final PublicJwk publicKey;
        private final String d;

        Key(KeyRole role) {
            try (EcKeyPair pair = new JcaEngine(new SecureRandom()).generate(Curve.P_256)) {
                publicKey = PublicJwk.of(role, pair.publicKey());
                d = BASE64.encodeToString(pair.copyScalar());
            }
        }

        String json() {
            return json(d);
        }

        String json(String otherD) {
            String operations = publicKey.role() == KeyRole.SIGNING ? "\"sign\",\"verify\"" : "\"deriveKey\"";
            return publicKey
                    .toJson()
                    .replaceFirst("\"key_ops\":\\[[^]]*]", "\"d\":\"" + otherD + "\",\"key_ops\":[" + operations + "]");
        }

        String kid() {
            return publicKey.kid();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory);
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            root.stop();
        }
        server.stop();
    }

    private String body() {
        return "{\"name\":\"site\",\"tags\":[\"room=1\"],\"sources\":[\"127.0.0.1\"],\"keys\":[" + signing.json() + ","
                + exchange.json() + "],\"hiddenKeys\":[" + oldSigning.json() + "," + oldExchange.json() + "]}";
    }

    /** A container whose root answers as the device with that name. */
    private URI root(String name, String prefix) throws Exception {
        root = new Server();
        ServerConnector connector = new ServerConnector(root);
        connector
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .setUriCompliance(UriCompliance.UNSAFE);
        connector.setHost("127.0.0.1");
        root.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        context.addServletContainerInitializer((none, started) -> PanocryptServlets.of(server.panocrypt())
                .prefix(prefix)
                .rootDevice(name)
                .register(started));
        root.setHandler(context);
        root.start();
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + prefix);
    }

    private int recover(URI base, Key key) throws Exception {
        return server.send(HttpRequest.newBuilder(URI.create(base + "/rec/" + key.kid()))
                        .POST(BodyPublishers.ofString(exchange.publicKey.toJson())))
                .status();
    }

    private int get(URI base, String path) throws Exception {
        return server.send(HttpRequest.newBuilder(URI.create(base + path))).status();
    }

    @Test
    void makesADeviceWithTheKeys() throws Exception {
        ApiServer.Answer made = server.post("/devices/import", body());

        assertEquals(200, made.status(), made.response()::body);
        JsonNode keys = made.json().path("keys");
        assertEquals(2, keys.size());
        assertEquals(oldExchange.kid(), keys.path(0).path("exchange").asText());
        assertTrue(keys.path(0).path("hidden").asBoolean());
        assertEquals(signing.kid(), made.json().path("thumbprint").asText());
        assertEquals("P-256", made.json().path("curve").asText());
        assertEquals("[\"room=1\"]", made.json().path("tags").toString());
        for (Key key : List.of(signing, exchange, oldSigning, oldExchange)) {
            assertFalse(made.response().body().contains(key.d), "no private key in the answer");
            assertFalse(server.get("/audit").response().body().contains(key.d), "nor in the audit");
        }
    }

    @Test
    void givesTheAdvertisementToBindWithoutTheServer() throws Exception {
        JsonNode device = server.post("/devices/import", body()).json();
        String path = "/devices/" + device.path("id").asText();

        JsonNode kit = server.get(path + "/advertisement").json();

        Advertisement advertisement =
                Advertisement.parse(kit.path("advertisement").toString().getBytes(StandardCharsets.US_ASCII));
        assertEquals(exchange.publicKey, advertisement.exchangeKey());
        assertTrue(advertisement.isSignedBy(kit.path("thumbprint").asText()));
        assertEquals(device.path("unlockUrl"), kit.path("unlockUrl"));
        server.post(path + "/revoke", "{\"confirm\":\"site\"}");
        assertEquals(409, server.get(path + "/advertisement").status());
    }

    @Test
    void isForAdministrators() throws Exception {
        String approver = server.member("ann", Role.APPROVER).token();
        assertEquals(
                403, server.callAs(approver, "POST", "/devices/import", body()).status());
    }

    @Test
    void refusesAnInvalidKeyWithoutQuotingIt() throws Exception {
        for (String wrong : List.of(
                exchange.json(signing.d),
                exchange.publicKey.toJson(),
                "\"" + exchange.d + "\"",
                exchange.json().replace("ECMR", exchange.d))) {
            ApiServer.Answer refused = server.post(
                    "/devices/import", "{\"name\":\"site\",\"keys\":[" + exchange.json() + "," + wrong + "]}");
            assertEquals(400, refused.status());
            assertTrue(
                    refused.problems().get(0).startsWith("keys has an entry that is no private key of a Tang server: "),
                    refused.problems()::toString);
            assertFalse(refused.response().body().contains(exchange.d));
            assertFalse(refused.response().body().contains(signing.d));
        }
        assertEquals(0, server.get("/devices").json().path("items").size(), "nothing was imported");
    }

    @ParameterizedTest
    @CsvSource({"65, 400", "400, 413"})
    void refusesTooManyKeys(int count, int status) throws Exception {
        String many = (exchange.json() + ",").repeat(count - 1) + exchange.json();
        ApiServer.Answer refused = server.post("/devices/import", "{\"name\":\"site\",\"keys\":[" + many + "]}");
        assertEquals(status, refused.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/tang"})
    void answersAtTheRootByTheDevicesPolicy(String prefix) throws Exception {
        URI base = root("site", prefix);
        assertEquals(404, get(base, "/adv"), "no device has the name");
        assertEquals(404, recover(base, exchange));
        JsonNode device = server.post("/devices/import", body()).json();

        for (String path : List.of("/adv", "/adv/", "//adv//", "/adv/" + oldSigning.kid())) {
            assertEquals(200, get(base, path), path);
        }
        assertEquals(404, get(base, "/adv/" + exchange.kid()));
        assertEquals(404, get(base, "/console"));
        assertEquals(200, get(base, "/healthz"));
        assertEquals(200, recover(base, exchange));
        assertEquals(200, recover(base, oldExchange), "hidden keys answer");
        assertEquals(403, recover(base, signing));
        String token = URI.create(device.path("unlockUrl").asText()).getPath();
        assertEquals(200, get(base, token + "/adv"), "the device's own URL is served too");
        server.post("/devices/" + device.path("id").asText() + "/disable", "");
        assertEquals(403, recover(base, exchange));
        assertEquals(
                "disabled",
                server.get("/history")
                        .json()
                        .path("items")
                        .path(0)
                        .path("reason")
                        .asText());
    }

    @Test
    void followsTheNameOfTheDevice() throws Exception {
        URI base = root("other", "");
        JsonNode device = server.post("/devices/import", body()).json();
        assertEquals(404, recover(base, exchange));
        server.patch(
                "/devices/" + device.path("id").asText(), device.path("version").asLong(), "{\"name\":\"other\"}");
        assertEquals(200, recover(base, exchange));
        server.breakStore(new io.panocrypt.policy.spi.store.StoreException("down"));
        assertEquals(503, recover(base, exchange));
        assertEquals(503, get(base, "/adv"));
    }
}
