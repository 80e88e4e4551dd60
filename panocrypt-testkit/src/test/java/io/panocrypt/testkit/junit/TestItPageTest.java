package io.panocrypt.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The code of docs/embedding.md about tests is that of examples/night-rule, compiles, and passes. */
class TestItPageTest {
    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));
    private static final String PACKAGE = "com/example/unlocking/";

    @TempDir
    private Path directory;

    private static List<String> blocks(String language) throws Exception {
        String section = Files.readString(ROOT.resolve("docs/embedding.md"))
                .split("\n## Test it\n")[1]
                .split("\n## ")[0];
        return Arrays.stream(section.split("```" + language + "\n"))
                .skip(1)
                .map(part -> part.split("```")[0])
                .toList();
    }

    @Test
    void itsCodeIsThatOfTheExample() throws Exception {
        Path example = ROOT.resolve("examples/night-rule");
        assertEquals(
                List.of(
                        Files.readString(example.resolve("src/main/java/" + PACKAGE + "NightRule.java")),
                        Files.readString(example.resolve("src/test/java/" + PACKAGE + "NightRuleTest.java"))),
                blocks("java"));
        String pom = Files.readString(example.resolve("pom.xml")).replaceAll("\\s+", "");
        for (String dependency : blocks("xml")) {
            assertEquals(2, (pom + "|").split(dependency.replaceAll("\\s+", ""), -1).length, dependency);
        }
    }

    @Test
    void theExampleIsOfThisVersion() throws Exception {
        String version = version(ROOT.resolve("pom.xml"), "panocrypt-parent");
        for (String module : List.of("panocrypt-servlet", "panocrypt-testkit")) {
            assertEquals(version, version(ROOT.resolve("examples/night-rule/pom.xml"), module), module);
        }
    }

    private static String version(Path pom, String artifact) throws Exception {
        return Files.readString(pom)
                .split("<artifactId>" + artifact + "</artifactId>\\s*<version>")[1]
                .split("<")[0];
    }

    @Test
    void itsTestPasses() throws Exception {
        List<String> code = blocks("java");
        Path rule = Files.writeString(directory.resolve("NightRule.java"), code.get(0));
        Path test = Files.writeString(directory.resolve("NightRuleTest.java"), code.get(1));
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        told,
                        told,
                        "-parameters",
                        "-proc:none",
                        "-d",
                        directory.toString(),
                        "-cp",
                        path,
                        rule.toString(),
                        test.toString());
        assertEquals(0, result, told.toString(StandardCharsets.UTF_8));
        URL[] compiled = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(loader.loadClass("com.example.unlocking.NightRuleTest")))
                    .execute()
                    .testEvents()
                    .assertStatistics(events -> events.started(1).succeeded(1));
        }
    }
}
