package io.panocrypt.testkit.published;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.testkit.junit.ClevisClient;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users who have the installed jars and nothing else of this checkout. */
@Tag("long")
@RequiresTools("mvn")
class InstallationTest {
    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));
    private static final String MODULE = "src/main/java/module-info.java";

    @TempDir
    private static Path folder;

    private static Installation installation;

    @BeforeAll
    static void install() throws Exception {
        installation = new Installation(folder);
    }

    /** The project compiles without warnings, and its test passes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProjectOutsideTestsItsRule(boolean isModule) throws Exception {
        Path project = folder.resolve(isModule ? "modular" : "class-path");
        Installation.copy(ROOT.resolve("examples/night-rule"), project, Set.of("target"), Files::copy);
        if (!isModule) {
            Files.delete(project.resolve(MODULE));
        }
        installation.maven(project, "test");
        String report =
                Files.readString(project.resolve("target/surefire-reports/com.example.unlocking.NightRuleTest.txt"));
        assertTrue(report.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), report);
    }

    /** The JDK of this test, and the others that are installed where Debian has them. */
    static Stream<Path> jdks() throws IOException {
        Path others = Path.of("/usr/lib/jvm");
        try (Stream<Path> installed = Files.isDirectory(others) ? Files.list(others) : Stream.empty()) {
            Set<Path> real = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), installed)
                    .filter(home -> Files.isExecutable(home.resolve("bin/jlink")))
                    .map(InstallationTest::realPath)
                    .collect(Collectors.toSet());
            return real.stream();
        }
    }

    private static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The commands of the page, with this folder in place of the one there. */
    private static String pageCommands(Path release) throws IOException {
        String page = Files.readString(ROOT.resolve("docs/runbook.md"));
        List<String> blocks = Arrays.stream(page.split("\n\n"))
                .filter(block -> block.lines().allMatch(line -> line.startsWith("    ")) && block.contains("jlink "))
                .toList();
        assertEquals(1, blocks.size(), "the page shows how to link once");
        return blocks.get(0).replace("/opt/panocrypt", release.toString());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aLinkedRuntimeServes(Path jdk) throws Exception {
        Path release = Files.createDirectory(folder.resolve("release-" + jdk.getFileName()));
        Files.copy(ROOT.resolve("panocrypt"), release.resolve("panocrypt"));
        Files.copy(installation.serverJar(), release.resolve("panocrypt.jar"));
        Map<String, String> environment = Map.of(
                "JAVA_HOME", jdk.toString(), "PATH", jdk.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        Installation.run(release, environment, List.of("sh", "-euc", pageCommands(release)));

        Path data = release.resolve("data");
        LoopbackServer.Command serve = port -> List.of(
                "env",
                "JAVA_HOME=" + release.resolve("java"),
                "sh",
                release.resolve("panocrypt").toString(),
                "serve",
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:" + port);
        try (LoopbackServer server = new LoopbackServer(serve, "ready ")) {
            String url = device("http://127.0.0.1:" + server.port(), Files.readString(data.resolve("admin-token")));
            ClevisClient clevis = new ClevisClient();
            byte[] secret = {1, 2, 3};
            assertArrayEquals(
                    secret, clevis.decrypt(clevis.encrypt(url, secret)).plaintext());
        }
    }

    /** Creates a device, and returns its URL. */
    private static String device(String server, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/api/v1/devices"))
                .header("Authorization", "Bearer " + token.strip())
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"web-1\",\"sources\":[\"127.0.0.1/32\"]}"))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(201, response.statusCode(), response.body());
        JsonNode device = new ObjectMapper().readTree(response.body());
        return device.get("unlockUrl").textValue();
    }
}
