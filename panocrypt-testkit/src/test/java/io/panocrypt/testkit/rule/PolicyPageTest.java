package io.panocrypt.testkit.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule on the page about policy compiles, is short, and answers as it says. */
class PolicyPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("panocrypt.root")).resolve("docs").resolve("policy.md");

    @TempDir
    private Path directory;

    private static Verdict ask(UnlockRule rule, String name) {
        return rule.evaluate(new RuleInput(
                "id", name, new TreeSet<>(), Optional.empty(), Instant.EPOCH, Optional.empty(), Optional.empty()));
    }

    @Test
    void showsARuleThatWorks() throws Exception {
        String code = Files.readString(PAGE).split("```java\n")[1].split("```")[0];
        assertTrue(code.lines().filter(line -> !line.startsWith("import ")).count() <= 30, "a rule is short");
        Path source = Files.writeString(directory.resolve("InventoryRule.java"), code);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, told, told, "-proc:none", "-cp", path, source.toString());
        assertEquals(0, result, told.toString(StandardCharsets.UTF_8));
        URL[] compiled = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(compiled, getClass().getClassLoader())) {
            UnlockRule rule = (UnlockRule) loader.loadClass("InventoryRule")
                    .getConstructor(Set.class, Set.class)
                    .newInstance(Set.of("web-1"), Set.of("web-2"));
            assertEquals("inventory", rule.name());
            assertEquals(Verdict.abstain(), ask(rule, "web-1"));
            assertEquals(Verdict.deny("the inventory lists it as lost"), ask(rule, "web-2"));
            assertEquals(Verdict.requireApproval("the inventory does not list it"), ask(rule, "web-3"));
        }
    }
}
