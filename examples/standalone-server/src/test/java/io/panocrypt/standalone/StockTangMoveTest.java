package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site of Debian's tangd moves under policy, and its disks are not touched. */
@RequiresTools({"clevis", "clevis-luks-bind", "cryptsetup", "jose", "curl", StockTangd.TANGD, StockTangd.KEYGEN})
@Tag("long")
class StockTangMoveTest {
    private static final byte[] NOTHING = {};

    @TempDir
    private Path directory;

    private Path keys;
    private LuksFile early;
    private LuksFile late;
    private int port;

    /** Binds one disk before the keys of tangd were rotated and one after it. */
    private void bindToTangd() throws IOException {
        keys = Files.createDirectory(directory.resolve("tang"));
        Tool.run(NOTHING, StockTangd.KEYGEN, keys.toString()).ok();
        early = new LuksFile(directory.resolve("early.img"));
        late = new LuksFile(directory.resolve("late.img"));
        try (StockTangd tangd = new StockTangd(keys)) {
            port = tangd.port();
            early.bindBlindly(url());
            hideKeys();
            Tool.run(NOTHING, StockTangd.KEYGEN, keys.toString()).ok();
            // With a slash at its end, which makes clevis ask for //rec/...
            late.bindBlindly(url() + "/");
            assertTrue(early.opens(1));
            assertTrue(late.opens(1));
        }
    }

    private String url() {
        return "http://127.0.0.1:" + port;
    }

    private void hideKeys() throws IOException {
        try (Stream<Path> visible = Files.list(keys)) {
            for (Path key : visible.toList()) {
                Files.move(key, keys.resolve("." + key.getFileName()));
            }
        }
    }

    private JsonNode imported(ServerProcess server, Path data, String... more) {
        List<String> command = new ArrayList<>(List.of("key", "import", keys.toString(), "--name", "site", "--json"));
        command.addAll(List.of(more));
        command.addAll(List.of(
                "--url",
                server.url(),
                "--token-file",
                data.resolve("admin-token").toString()));
        Tool.Result result = Tool.main(NOTHING, command.toArray(String[]::new)).ok();
        assertTrue(result.text().contains("\"name\":\"site\""), result.text());
        return server.call("GET", "/devices?name=site", "").ok().path("items").path(0);
    }

    @Test
    void movesUnderPolicyWithoutANewBinding() throws Exception {
        bindToTangd();
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, port, "--root-device", "site")) {
            assertFalse(late.opens(1), "nothing answers before the import");
            JsonNode device = imported(server, data, "--source", "127.0.0.1/32");
            String path = "/devices/" + device.path("id").asText();
            assertEquals(2, device.path("keys").size());

            assertTrue(late.opens(1), "the advertised key opens");
            assertTrue(early.opens(1), "the hidden key opens");

            server.call("POST", path + "/disable", "").ok();
            assertFalse(late.opens(1));
            server.call("POST", path + "/allowances", "{\"uses\":1}").ok();
            assertTrue(late.opens(1), "allowed once");
            assertFalse(late.opens(1), "and no more");
            server.call("POST", path + "/enable", "").ok();

            assertTrue(late.isCurrent(1));
            assertFalse(early.isCurrent(1), "its key is not advertised");
            early.regenerate(1);
            assertTrue(early.isCurrent(1));
            assertTrue(early.opens(1));

            server.call("POST", path + "/rotate-keys", "").ok();
            assertFalse(early.isCurrent(1), "the device rotates further");
            assertTrue(early.opens(1));
            early.regenerate(1);
            assertTrue(early.isCurrent(1));
        }
    }

    @Test
    void bindsByTheKitWithoutTheServer() throws Exception {
        bindToTangd();
        Path data = directory.resolve("data");
        Path kit = directory.resolve("kit.json");
        LuksFile disk = new LuksFile(directory.resolve("offline.img"));
        try (ServerProcess server = ServerProcess.serve(data, port, "--root-device", "site")) {
            JsonNode device = imported(server, data, "--source", "127.0.0.1/32");
            Tool.Result printed = Tool.main(
                            NOTHING,
                            "device",
                            "kit",
                            "site",
                            "--url",
                            server.url(),
                            "--token-file",
                            data.resolve("admin-token").toString())
                    .ok();
            Files.write(kit, printed.output());
            assertTrue(printed.errors().contains(device.path("thumbprint").asText()), printed.errors());
        }
        Tool.run(
                        "typed".getBytes(StandardCharsets.US_ASCII),
                        "clevis",
                        "luks",
                        "bind",
                        "-f",
                        "-y",
                        "-k",
                        "-",
                        "-d",
                        directory.resolve("offline.img").toString(),
                        "tang",
                        "{\"url\":\"" + url() + "\",\"adv\":\"" + kit + "\"}")
                .ok();
        try (ServerProcess server = ServerProcess.serve(data, port, "--root-device", "site")) {
            assertEquals(url(), server.url());
            assertTrue(disk.opens(1));
        }
    }

    @Test
    void asksForAnApprovalOfEachSource() throws Exception {
        bindToTangd();
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data, port, "--root-device", "site")) {
            JsonNode me = server.call("POST", "/members", "{\"name\":\"ann\",\"role\":\"approver\"}")
                    .ok();
            server.call(
                            "POST",
                            "/approval-groups",
                            "{\"name\":\"site\",\"requiredTags\":[\"site\"],\"approvers\":[\""
                                    + me.path("id").asText() + "\"]}")
                    .ok();
            imported(server, data, "--source", "127.0.0.0/24", "--tag", "site", "--require-approval");
            assertFalse(late.opensFrom(1, "127.0.0.1"));
            assertFalse(late.opensFrom(1, "127.0.0.2"));
            JsonNode requests =
                    server.call("GET", "/requests?state=PENDING", "").ok().path("items");
            assertEquals(2, requests.size());
            JsonNode second =
                    requests.path(0).path("source").asText().equals("127.0.0.2") ? requests.path(0) : requests.path(1);
            server.callAs(
                            me.path("token").asText(),
                            "POST",
                            "/requests/" + second.path("id").asText() + "/approve",
                            "{}")
                    .ok();
            assertFalse(late.opensFrom(1, "127.0.0.1"), "another source is not approved");
            assertTrue(late.opensFrom(1, "127.0.0.2"));
            assertFalse(late.opensFrom(1, "127.0.0.2"), "one boot was approved");
        }
    }
}
