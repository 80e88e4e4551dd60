package io.panocrypt.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/embedding.md has the application, its properties, and all properties there are. */
class DocumentTest {
    private static final int MAX_LINES = 60;

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "..", "docs", "embedding.md"));
    }

    private static List<String> application() throws IOException {
        return Files.readAllLines(Path.of("src/test/java/io/panocrypt/spring/sample/UnlockApplication.java"));
    }

    @Test
    void theApplicationIsShort() throws IOException {
        long own = application().stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("import ") && !line.matches("(//|/\\*|\\*).*"))
                .count();
        assertTrue(own > 30 && own <= MAX_LINES, "lines of its own: " + own);
    }

    @Test
    void theApplicationIsOnThePage() throws IOException {
        String code = application().stream()
                .filter(line -> !line.startsWith("package "))
                .collect(Collectors.joining("\n"))
                .strip();
        assertTrue(page().contains("```java\n" + code + "\n```"), code);
        String properties = Files.readString(Path.of("src/test/resources/application.properties"));
        assertTrue(page().contains("```properties\n" + properties + "```"), properties);
    }

    @Test
    void whatElseItNeedsIsOnThePage() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        List<String> starters = Pattern.compile("<artifactId>(spring-boot-starter-[a-z]+)</artifactId>")
                .matcher(pom)
                .results()
                .map(found -> "`" + found.group(1) + "`")
                .toList();
        assertEquals(4, starters.size(), starters.toString());
        for (String starter : starters) {
            assertTrue(page().contains(starter), starter);
        }
        String version = pom.split("<spring-boot.version>")[1].split("<")[0];
        assertTrue(page().contains("`spring-boot-starter-parent` " + version), version);
    }

    @Test
    void eachPropertyIsDescribedAndOnThePage() throws IOException {
        List<String> rows = new ArrayList<>();
        try (InputStream in =
                PanocryptProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property :
                    new JsonMapper().readTree(Objects.requireNonNull(in)).get("properties")) {
                String name = property.get("name").asText();
                String description = property.path("description").asText();
                assertTrue(description.endsWith("."), name + " has no description");
                rows.add("| `" + name + "` | " + standard(property) + " | "
                        + description.substring(0, description.length() - 1) + " |");
            }
        }
        String table = String.join("\n", rows) + "\n";
        assertTrue(page().contains(table), "docs/embedding.md lacks\n" + table);
    }

    private static String standard(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        return value.isMissingNode() || value.isEmpty() && value.isArray() ? "" : "`" + value.asText() + "`";
    }

    /** What an application does not have already must not come with the jar. */
    @Test
    void theJarBringsNoSpring() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"))
                .split("\n  <dependencies>")[1]
                .split("\n  </dependencies>")[0];
        List<String> handedOn = new ArrayList<>();
        for (String dependency : pom.split("<dependency>")) {
            if (dependency.contains("<artifactId>") && !dependency.contains("<scope>")) {
                handedOn.add(dependency.split("<artifactId>")[1].split("<")[0]);
            }
        }
        assertEquals(List.of("panocrypt-servlet"), handedOn);
    }
}
