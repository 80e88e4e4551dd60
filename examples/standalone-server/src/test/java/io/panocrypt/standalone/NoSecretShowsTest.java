package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.testkit.notify.HttpReceiver;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No private key, token, PIN, share or passphrase shows anywhere but in the one answer that is meant to show it. The
 * server logs all that it can meanwhile.
 */
@Tag("long")
class NoSecretShowsTest {
    private static final byte[] NOTHING = new byte[0];
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String UNLOCK_TOKEN = "unlock token";
    private static final String WEBHOOK_PATH = "path of a webhook";

    /** The only file of the data directory that is meant to hold a secret. */
    private static final Set<String> TOKEN_FILE = Set.of("admin-token");

    @TempDir
    private Path directory;

    private Path secrets;
    private Path data;
    private Evidence evidence;
    private String url = "";
    private String admin = "";

    @BeforeEach
    void makeFolders() throws IOException {
        secrets = Files.createDirectory(directory.resolve("secrets"));
        data = directory.resolve("data");
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private static String random(String beginning) {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        return beginning + HexFormat.of().formatHex(bytes);
    }

    /** A file with a secret, which is looked for everywhere else. */
    private Path secretFile(String name, String secret) throws IOException {
        Path file = Files.createFile(
                secrets.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, secret + "\n");
        return file;
    }

    private Path masterKey(String name) throws IOException {
        Path file = secrets.resolve(name);
        command("master-key", "create", file.toString()).ok();
        evidence.secrets()
                .bytes(
                        name,
                        Base64.getUrlDecoder().decode(Files.readString(file).strip()));
        return file;
    }

    private Tool.Result command(String... arguments) {
        return evidence.command(arguments[0] + " " + arguments[1], NOTHING, List.of(), arguments);
    }

    /** A command for operators; those that show devices may show their unlock URLs. */
    private Tool.Result operate(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--url", url, "--token-file", data.resolve("admin-token").toString()));
        List<String> meant = Set.of("device", "key").contains(arguments[0]) ? List.of(UNLOCK_TOKEN) : List.of();
        return evidence.command(arguments[0] + " " + arguments[1], NOTHING, meant, all.toArray(String[]::new));
    }

    private Evidence.Reply call(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return callAs(admin, method, path, body, headers);
    }

    private Evidence.Reply callAs(String token, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Authorization", "Bearer " + token));
        boolean showsDevices = path.startsWith("/devices");
        return evidence.call(
                method + " " + path + " as " + (token.equals(admin) ? "administrator" : "another"),
                method,
                url + "/api/v1" + path,
                body,
                all,
                showsDevices ? new String[] {UNLOCK_TOKEN} : new String[0]);
    }

    private Evidence.Reply get(String path) throws IOException, InterruptedException {
        return evidence.call("GET " + path, "GET", url + path, "", List.of());
    }

    private void readAdministratorsToken() throws IOException {
        admin = Files.readString(data.resolve("admin-token")).strip();
        evidence.secrets().text("administrator's token", admin);
    }

    private JsonNode add(String name, String more) throws Exception {
        JsonNode made = call("POST", "/devices", "{\"name\":\"" + name + "\"" + more + "}")
                .ok()
                .json();
        lookForToken(made);
        return made;
    }

    private void lookForToken(JsonNode device) {
        evidence.secrets().text(UNLOCK_TOKEN, device.path("unlockUrl").asText().replaceFirst(".*/u/", ""));
    }

    private static String idOf(JsonNode device) {
        return "/devices/" + device.path("id").asText();
    }

    /** Asks as clevis does, where the device is served now. */
    private int unlock(JsonNode device) throws Exception {
        String base = url + URI.create(device.path("unlockUrl").asText()).getPath();
        String kid = device.at("/keys/0/exchange").asText();
        Curve curve = Curve.ofCrv(device.path("curve").asText("P-521")).orElse(Curve.P_521);
        try (EcKeyPair ephemeral = new StandardEngine(RANDOM).generate(curve)) {
            String point = new String(RecoveryRequest.encode(ephemeral.publicKey()), StandardCharsets.US_ASCII);
            return evidence.call("POST /rec", "POST", base + "/rec/" + kid, point, List.of())
                    .status();
        }
    }

    private void lookForStoredKeys(Path masterKey) throws Exception {
        try (MasterKey master = MasterKey.load(masterKey)) {
            Map<String, byte[]> scalars = StoredScalars.read(data, master);
            assertTrue(!scalars.isEmpty(), "no key was found in the store");
            scalars.forEach((name, scalar) -> evidence.secrets().scalar("key of device " + name, scalar));
        }
    }

    private void assertNothingShows(String server) throws IOException {
        evidence.files(data, TOKEN_FILE, UNLOCK_TOKEN, WEBHOOK_PATH);
        assertEquals(List.of(), evidence.leaks());
        assertTrue(evidence.sawCommandLine("serve"), "no command line was seen");
        assertTrue(evidence.log(server).contains(" FINEST "), "the log is not at its finest level");
        // Only a test that can fail is one.
        evidence.plant(server, "the token is " + HexFormat.of().formatHex(admin.getBytes(StandardCharsets.UTF_8)));
        List<String> planted = evidence.leaks();
        assertTrue(planted.contains("administrator's token (hex) in " + server + ".log"), planted::toString);
        assertTrue(planted.stream().allMatch(leak -> leak.startsWith("administrator's token (")), planted::toString);
    }

    // A site with a hardware token and a master key under a passphrase.

    private String token(String pinFile) {
        return "pkcs11:token=unlock?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:"
                + secrets.resolve(pinFile);
    }

    private Map<String, String> makeHardwareToken(String pin, String officer) throws Exception {
        Path tokens = Files.createDirectory(directory.resolve("tokens"));
        Path settings = Files.writeString(
                directory.resolve("softhsm2.conf"), "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
        ProcessBuilder init = new ProcessBuilder(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        "unlock",
                        "--pin",
                        pin,
                        "--so-pin",
                        officer)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        init.environment().put("SOFTHSM2_CONF", settings.toString());
        assertEquals(0, init.start().waitFor());
        return Map.of("SOFTHSM2_CONF", settings.toString());
    }

    @Test
    @RequiresTools({"softhsm2-util"})
    void withAHardwareTokenAndAPassphrase() throws Exception {
        String pin = random("pin-");
        Map<String, String> environment = makeHardwareToken(pin, random("officer-"));
        evidence = new Evidence(directory.resolve("seen"), environment, "SEVERE");
        String passphrase = random("correct horse battery ");
        evidence.secrets().text("PIN", pin);
        evidence.secrets().text("passphrase", passphrase);
        secretFile("pin", pin);
        Path passphraseFile = secretFile("passphrase", passphrase);
        Path plain = masterKey("master key");
        Path wrapped = secrets.resolve("wrapped");
        command(
                        "master-key",
                        "wrap",
                        plain.toString(),
                        wrapped.toString(),
                        "--passphrase-file",
                        passphraseFile.toString())
                .ok();
        String[] options = {
            "--data",
            data.toString(),
            "--master-key-file",
            wrapped.toString(),
            "--master-key-passphrase-file",
            passphraseFile.toString(),
            "--pkcs11",
            token("pin"),
            "--notify-allow",
            "127.0.0.0/8",
            "--notify-log"
        };
        refuseWrongPassphrase(wrapped);
        try (HttpReceiver receiver = HttpReceiver.plain()) {
            Evidence.Server server = evidence.serve("first", "ready ", options);
            url = server.url();
            readAdministratorsToken();
            String alice = makePeople();
            enroll();
            sendNotices(receiver, alice);
            JsonNode hard = useDevices(alice, plain);
            importKeys();
            sendMalformed();
            readAll(alice);
            backUp(plain);
            loseTheToken(hard);
            server.stop();
            for (HttpReceiver.Request notice : receiver.taken()) {
                evidence.keep("webhook", (notice.headers() + " ").getBytes(StandardCharsets.UTF_8));
                evidence.keep("webhook", notice.body());
            }
        }
        useAWrongPin(options, wrapped, passphraseFile);
        rewrap(wrapped, passphraseFile);
        assertNothingShows("first");
    }

    private void refuseWrongPassphrase(Path wrapped) throws IOException {
        String wrong = random("correct horse bettery ");
        evidence.secrets().text("wrong passphrase", wrong);
        Tool.Result refused = command(
                "serve",
                "--listen=127.0.0.1:0",
                "--data",
                data.toString(),
                "--master-key-file",
                wrapped.toString(),
                "--master-key-passphrase-file",
                secretFile("wrong-passphrase", wrong).toString());
        assertEquals(1, refused.exit(), refused.errors());
    }

    /** Returns an approver's token. */
    private String makePeople() throws Exception {
        Evidence.Reply alice = call("POST", "/members", "{\"name\":\"alice\",\"role\":\"approver\"}");
        alice.secret("first token of alice", "/token");
        String id = alice.json().path("id").asText();
        String token = call("POST", "/members/" + id + "/token", "{}").secret("token of alice", "/token");
        call(
                        "POST",
                        "/approval-groups",
                        "{\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[\"" + id + "\"]}")
                .ok();
        Tool.Result bob = evidence.command(
                "member add",
                NOTHING,
                List.of("token of bob"),
                "member",
                "add",
                "bob",
                "--url",
                url,
                "--token-file",
                data.resolve("admin-token").toString(),
                "--json");
        String json = bob.ok().text();
        evidence.secrets()
                .text("token of bob", JSON.readTree(json).path("token").asText());
        return token;
    }

    private void enroll() throws Exception {
        String key = call("POST", "/enrollment-keys", "{\"name\":\"rack\",\"uses\":2,\"sources\":[\"127.0.0.1\"]}")
                .secret("enrollment key", "/secret");
        String wrong = random("wrong-enrollment-key-");
        evidence.secrets().text("wrong enrollment key", wrong);
        List<Integer> statuses = new ArrayList<>();
        for (String[] attempt : new String[][] {
            {key, "{\"name\":\"enrolled\"}"},
            {key, "{\"name\":\"enrolled\"}"},
            {wrong, "{\"name\":\"other\"}"},
            {key, "{\"name\":\"" + key}
        }) {
            Evidence.Reply reply = evidence.call(
                    "POST /enroll",
                    "POST",
                    url + "/enroll",
                    attempt[1],
                    List.of("Authorization", "Bearer " + attempt[0]),
                    UNLOCK_TOKEN);
            statuses.add(reply.status());
            if (reply.status() / 100 == 2) {
                lookForToken(reply.json());
            }
        }
        assertEquals(List.of(409, 401, 400), statuses.subList(1, 4), statuses::toString);
    }

    private void sendNotices(HttpReceiver receiver, String alice) throws Exception {
        String path = random("/hook/");
        evidence.secrets().text(WEBHOOK_PATH, path);
        for (int port : new int[] {receiver.port(), 1}) {
            Evidence.Reply made = call("POST", "/webhooks", "{\"url\":\"http://127.0.0.1:" + port + path + "\"}");
            made.meant().add(WEBHOOK_PATH);
            made.secret("first secret of webhook " + port, "/secret");
            String hook = "/webhooks/" + made.json().path("id").asText();
            Evidence.Reply rotated = call("POST", hook + "/secret", "");
            rotated.secret("secret of webhook " + port, "/secret");
            call("POST", hook + "/test", "");
            callAs(alice, "GET", hook, "").ok();
        }
        callAs(alice, "GET", "/webhooks", "").ok();
    }

    /** Returns a device whose keys are in the hardware token. */
    private JsonNode useDevices(String alice, Path masterKey) throws Exception {
        String here = ",\"sources\":[\"127.0.0.1\"]";
        JsonNode soft = add("soft", here + ",\"custody\":\"site\"");
        JsonNode hard = add("hard", here + ",\"custody\":\"pkcs11\",\"curve\":\"P-256\"");
        JsonNode asking = add("asking", here + ",\"tags\":[\"prod\"]");
        JsonNode refused = add("refused", "");
        for (JsonNode device : List.of(soft, hard, asking, refused)) {
            String base = url + URI.create(device.path("unlockUrl").asText()).getPath();
            for (String path :
                    List.of("/adv", "/adv/" + device.path("thumbprint").asText())) {
                evidence.call("GET /adv", "GET", base + path, "", List.of()).ok();
            }
            operate("device", "show", device.path("name").asText()).ok();
        }
        assertEquals(List.of(200, 200, 423, 403), List.of(unlock(soft), unlock(hard), unlock(asking), unlock(refused)));
        String request = call("GET", "/requests", "").json().at("/items/0/id").asText();
        callAs(alice, "POST", "/requests/" + request + "/approve", "{\"comment\":\"test\"}")
                .ok();
        assertEquals(200, unlock(asking));
        lookForStoredKeys(masterKey);
        for (JsonNode device : List.of(soft, hard)) {
            call("POST", idOf(device) + "/rotate-keys", "{}").ok();
            Evidence.Reply destroyed = call("DELETE", idOf(device) + "/keys/1", "{\"confirm\":1}");
            assertTrue(destroyed.status() < 500, destroyed.body());
            call("GET", idOf(device) + "/advertisement", "").ok();
        }
        lookForStoredKeys(masterKey);
        call("POST", idOf(refused) + "/revoke", "{\"confirm\":\"refused\"}").ok();
        return call("GET", idOf(hard), "").ok().json();
    }

    private static Path tangDirectory() {
        return Path.of(System.getProperty("panocrypt.root"), "panocrypt-crypto/src/test/resources/golden/keys-a");
    }

    private void importKeys() throws Exception {
        List<JsonNode> keys = new ArrayList<>();
        try (Stream<Path> files = Files.list(tangDirectory())) {
            for (Path file : files.toList()) {
                JsonNode key = JSON.readTree(file.toFile());
                byte[] d = Base64.getUrlDecoder().decode(key.path("d").asText());
                evidence.secrets().scalar("imported key " + file.getFileName(), d);
                keys.add(key);
            }
        }
        assertEquals(4, keys.size());
        for (JsonNode key : keys) {
            sendSpoiltKey(
                    key.toString(),
                    key.path("d").asText(),
                    keys.get(0).path("d").asText());
        }
        lookForToken(JSON.readTree(operate(
                        "key",
                        "import",
                        tangDirectory().toString(),
                        "--name",
                        "site",
                        "--source",
                        "127.0.0.1",
                        "--json")
                .ok()
                .text()));
        Path broken = Files.createDirectory(secrets.resolve("broken"));
        Files.writeString(broken.resolve("a.jwk"), keys.get(0).toString().replace("P-521", "P-256"));
        Files.writeString(broken.resolve("b.jwk"), keys.get(1).toString().substring(0, 150));
        assertNotEquals(
                0,
                operate("key", "import", broken.toString(), "--name", "broken").exit());
    }

    /** Keys with something wrong about them, each in an import that must be refused. */
    private void sendSpoiltKey(String key, String d, String other) throws Exception {
        for (String spoilt : List.of(
                key.substring(0, key.indexOf(d) + d.length()),
                key.substring(0, key.indexOf(d) + d.length() - 9),
                key.replace("P-521", "P-256"),
                key.replace("P-521", d),
                key.replace("\"kty\":\"EC\"", "\"kty\":\"" + d + "\""),
                key.replace("\"d\":\"", "\"d\":\"*"),
                key.replace("\"d\":\"", "\"d\":\"BBBB"),
                key.replace("\"d\":\"" + d + "\"", "\"d\":[\"" + d + "\"]"),
                key.replace("\"d\":\"" + d + "\"", "\"d\":\"" + d + "\",\"d\":\"" + d + "\""),
                key.replace("\"d\":\"" + d + "\"", "\"" + d + "\":1"),
                "\"" + d + "\"")) {
            Evidence.Reply refused = call("POST", "/devices/import", "{\"name\":\"spoilt\",\"keys\":[" + spoilt + "]}");
            assertTrue(refused.status() >= 400 && refused.status() < 500, spoilt + refused.body());
        }
        for (String body : List.of(
                "{\"name\":\"spoilt\",\"keys\":" + key + "}",
                "{\"name\":\"" + d + "\",\"keys\":[" + key + "]}",
                "{\"name\":\"spoilt\",\"" + d + "\":1}",
                "[" + key + "]",
                key,
                key + key)) {
            assertTrue(call("POST", "/devices/import", body).status() >= 400);
        }
        if (!d.equals(other)) {
            assertTrue(call("POST", "/devices/import", "{\"name\":\"spoilt\",\"keys\":[" + key.replace(d, other) + "]}")
                            .status()
                    >= 400);
        }
    }

    /** Requests with a secret where none belongs. */
    private void sendMalformed() throws Exception {
        String wrong = random("wrong-token-");
        evidence.secrets().text("wrong token", wrong);
        assertEquals(401, callAs(wrong, "GET", "/devices", "").status());
        for (String secret : List.of(admin, wrong)) {
            for (String path : List.of(
                    "/devices/" + secret,
                    "/devices?cursor=" + secret,
                    "/devices?" + secret + "=1",
                    "/devices?state=" + secret,
                    "/history?limit=" + secret,
                    "/" + secret,
                    "/requests/" + secret)) {
                call("GET", path, "");
            }
            for (String body : List.of(
                    "{\"name\":\"" + secret,
                    "{\"name\":\"-" + secret + "\"}",
                    "{\"" + secret + "\":1}",
                    "{\"name\":\"x\",\"sources\":[\"" + secret + "\"]}",
                    "{\"name\":\"x\",\"curve\":\"" + secret + "\"}",
                    "{\"name\":\"x\",\"volumes\":\"" + secret + "\"}",
                    "{\"name\":\"x\",\"custody\":\"" + secret + "\"}",
                    secret)) {
                assertTrue(call("POST", "/devices", body).status() >= 400, body);
            }
            call("PATCH", "/devices/x", "{}", "If-Match", secret);
            call("POST", "/devices", "{}", "Content-Type", secret);
            call("GET", "/devices", "", "X-Forwarded-For", secret, "Forwarded", "for=" + secret);
            sendRaw(secret);
        }
    }

    private void sendRaw(String secret) throws IOException {
        URI server = URI.create(url);
        String host = "Host: 127.0.0.1\r\nConnection: close\r\n";
        for (String request : List.of(
                "GET /u/" + secret + "/adv HTTP/9.9\r\n\r\n",
                "GET /u/" + secret + "/%zz/adv HTTP/1.1\r\n" + host + "\r\n",
                "GET /u/" + secret + "/adv/../ HTTP/1.1\r\n" + host + "\r\n",
                secret + " / HTTP/1.1\r\n" + host + "\r\n",
                "GET /api/v1/devices HTTP/1.1\r\n" + host + "Authorization: Bearer " + secret + "\u0001\r\n\r\n",
                "GET /api/v1/devices HTTP/1.1\r\n" + host + "Authorization Bearer " + secret + "\r\n\r\n",
                "GET /api/v1/devices HTTP/1.1\r\n" + host + "Content-Length: " + secret + "\r\n\r\n",
                "POST /api/v1/devices HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + secret + "\r\n",
                "GET /readyz HTTP/1.1\r\nHost: " + secret + ":x\r\n\r\n",
                "POST /u/" + secret + "/rec/" + secret + " HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\n{\"d\":")) {
            evidence.raw("raw request", server, request);
        }
    }

    /** All that can be read. */
    private void readAll(String alice) throws Exception {
        for (String path : List.of("/metrics", "/readyz", "/healthz", "/openapi.json", "/nothing")) {
            get(path);
        }
        for (String token : List.of(admin, alice)) {
            for (String path : List.of(
                    "/devices?limit=100",
                    "/history",
                    "/audit",
                    "/history/export",
                    "/members",
                    "/webhooks",
                    "/enrollment-keys",
                    "/approval-groups",
                    "/requests",
                    "/outbox",
                    "/outbox/dead-letters",
                    "/outbox/failing",
                    "/master-key",
                    "/fence",
                    "/key-report",
                    "/key-jobs",
                    "/push-key",
                    "/openapi.json")) {
                Evidence.Reply read = callAs(token, "GET", path, "");
                if (token.equals(admin)
                        && Set.of("/webhooks", "/outbox/failing").contains(path)) {
                    read.meant().add(WEBHOOK_PATH);
                }
            }
        }
        operate("history", "list", "--wide").ok();
        operate("audit", "list");
        operate("history", "export").ok();
        operate("history", "verify").ok();
    }

    private void backUp(Path plain) throws Exception {
        call("POST", "/backup", "").ok();
        Path backup = directory.resolve("backup");
        command("backup", backup.toString(), "--data", data.toString(), "--master-key-file", plain.toString())
                .ok();
        evidence.keep("backup file", Files.readAllBytes(backup));
        Path other = masterKey("other master key");
        String restored = directory.resolve("restored").toString();
        command("backup", "verify", backup.toString(), "--master-key-file", plain.toString());
        assertEquals(
                4,
                command("backup", "verify", backup.toString(), "--master-key-file", other.toString())
                        .exit());
        assertEquals(
                4,
                command("restore", backup.toString(), "--data", restored, "--master-key-file", other.toString())
                        .exit());
        command("restore", backup.toString(), "--data", restored, "--master-key-file", plain.toString())
                .ok();
        evidence.files(Path.of(restored), TOKEN_FILE, UNLOCK_TOKEN, WEBHOOK_PATH);
    }

    private void loseTheToken(JsonNode hard) throws Exception {
        Path tokens = directory.resolve("tokens");
        Path away = directory.resolve("tokens-away");
        Files.move(tokens, away);
        assertEquals(503, unlock(hard));
        get("/readyz");
        get("/metrics");
        call("POST", idOf(hard) + "/rotate-keys", "{}");
        Files.move(away, tokens);
    }

    private void useAWrongPin(String[] options, Path wrapped, Path passphraseFile) throws Exception {
        String wrong = random("wrong-pin-");
        evidence.secrets().text("wrong PIN", wrong);
        secretFile("wrong-pin", wrong);
        Evidence.Server server = evidence.serve(
                "wrong-pin",
                "ready ",
                "--data",
                data.toString(),
                "--master-key-file",
                wrapped.toString(),
                "--master-key-passphrase-file",
                passphraseFile.toString(),
                "--pkcs11",
                token("wrong-pin"));
        url = server.url();
        get("/readyz");
        call("POST", "/devices", "{\"name\":\"more\",\"custody\":\"pkcs11\"}");
        server.stop();
        assertTrue(evidence.log("wrong-pin").contains("refused the PIN"), "the PIN was not tried");
    }

    private void rewrap(Path wrapped, Path passphraseFile) throws Exception {
        Path next = masterKey("next master key");
        Evidence.Server server = evidence.serve(
                "rewrap",
                "ready ",
                "--data",
                data.toString(),
                "--master-key-file",
                next.toString(),
                "--previous-master-key-file",
                wrapped.toString(),
                "--master-key-passphrase-file",
                passphraseFile.toString(),
                "--pkcs11",
                token("pin"));
        url = server.url();
        call("POST", "/master-key/rewrap", "{}").ok();
        operate("master-key", "status").ok();
        get("/metrics");
        server.stop();
    }

    // A site whose master key operators hold in shares.

    private void split(String set) throws IOException {
        Path key = masterKey("key of " + set);
        Path shares = Files.createDirectory(secrets.resolve(set));
        command("master-key", "split", key.toString(), "--shares", "3", "--threshold", "2", "--out", shares.toString())
                .ok();
        for (int i = 1; i <= 3; i++) {
            lookForShare(
                    "share " + i + " of " + set,
                    Files.readString(shares.resolve("share-" + i)).strip());
        }
        Files.delete(key);
    }

    /** The first 19 bytes of a share say which it is, and are no secret. */
    private void lookForShare(String name, String text) {
        String digits = text.replace("-", "").substring(3);
        evidence.secrets().text(name, text, 4 + 36);
        evidence.secrets().text(name, digits, 32);
        evidence.secrets().text(name, digits.toUpperCase(Locale.ROOT), 32);
        byte[] bytes = new BigInteger(
                        digits.chars()
                                .mapToObj(c -> Integer.toString("abcdefghijklmnopqrstuvwxyz234567".indexOf(c), 32))
                                .collect(Collectors.joining()),
                        32)
                .toByteArray();
        evidence.secrets().bytes(name, Arrays.copyOfRange(bytes, bytes.length - 36, bytes.length - 4));
    }

    private Tool.Result unseal(String share) {
        return evidence.command("unseal", share.getBytes(StandardCharsets.US_ASCII), List.of(), "unseal", "--url", url);
    }

    private String share(String set, int index) throws IOException {
        return Files.readString(secrets.resolve(set).resolve("share-" + index));
    }

    private static String mistyped(String share) {
        char other = share.charAt(70) == 'a' ? 'b' : 'a';
        return share.substring(0, 70) + other + share.substring(71);
    }

    private void post(String share) throws Exception {
        evidence.call("POST /unseal", "POST", url + "/unseal", share, List.of());
    }

    @Test
    void withShares() throws Exception {
        evidence = new Evidence(directory.resolve("seen"), Map.of(), "SEVERE");
        split("ours");
        split("theirs");
        command(
                "master-key",
                "verify-shares",
                secrets.resolve("ours/share-1").toString(),
                secrets.resolve("theirs/share-2").toString());
        String[] options = {"--sealed", "--data", data.toString()};
        Evidence.Server server = evidence.serve("first", "sealed ", options);
        url = server.url();
        get("/readyz");
        unseal(share("ours", 1)).ok();
        unseal(share("theirs", 3)).ok();
        assertNotEquals(0, unseal(mistyped(share("ours", 2))).exit());
        post(mistyped(share("ours", 2)));
        post(share("ours", 2).substring(0, 80));
        post("{\"share\":\"" + share("ours", 2).strip());
        unseal(share("ours", 3)).ok();
        server.await("ready ");
        readAdministratorsToken();
        JsonNode device = add("web", ",\"sources\":[\"127.0.0.1\"]");
        assertEquals(200, unlock(device));
        assertNotEquals(0, unseal(share("ours", 2)).exit(), "it is open");
        post(share("ours", 2));
        get("/metrics");
        server.stop();

        server = evidence.serve("second", "sealed ", options);
        url = server.url();
        unseal(share("theirs", 1)).ok();
        assertNotEquals(0, unseal(share("theirs", 2)).exit(), "it is another key");
        get("/readyz");
        unseal(share("ours", 2)).ok();
        unseal(share("ours", 1)).ok();
        server.await("ready ");
        assertEquals(200, unlock(device));
        server.stop();
        Path key = secrets.resolve("combined");
        command(
                        "master-key",
                        "combine",
                        "--out",
                        key.toString(),
                        secrets.resolve("ours/share-1").toString(),
                        secrets.resolve("ours/share-3").toString())
                .ok();
        lookForStoredKeys(key);
        assertNothingShows("second");
    }

    /** Jetty's debug log quotes requests: what the scan must find if the server lets it, and why it is quiet by default. */
    @Test
    void wouldBeFoundInTheLog() throws Exception {
        evidence = new Evidence(directory.resolve("seen"), Map.of(), "ALL");
        Evidence.Server server = evidence.serve("loud", "ready ", "--data", data.toString());
        url = server.url();
        readAdministratorsToken();
        call("GET", "/devices", "").ok();
        server.stop();
        assertTrue(
                evidence.leaks().contains("administrator's token (raw) in loud.log"),
                () -> "the log of Jetty no longer quotes requests, or the scan does not find it");
    }
}
