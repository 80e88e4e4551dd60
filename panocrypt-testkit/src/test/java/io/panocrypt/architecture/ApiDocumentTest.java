package io.panocrypt.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/api.md lists the exported public types with the first sentence of their Javadoc. */
class ApiDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));
    private static final Path PAGE = ROOT.resolve("docs").resolve("api.md");
    private static final String REWRITE = "panocrypt.rewriteApi";

    private static final String HOW_TO_REWRITE = "docs/api.md is not what the sources say; rewrite it by: mvn -pl"
            + " panocrypt-testkit -am test -Dtest=ApiDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -D" + REWRITE;

    @Test
    void listsThePublicTypes() throws IOException {
        String expected = ApiDocument.of(ROOT, ApiDocument.MODULES);
        if (System.getProperty(REWRITE) != null) {
            Files.writeString(PAGE, expected);
        }
        assertEquals(expected, Files.readString(PAGE), HOW_TO_REWRITE);
    }

    @Test
    void showsWhatIsPublicAndExportedAndNothingElse(@TempDir Path root) throws IOException {
        Path sources = root.resolve("small/src/main/java");
        write(sources.resolve("module-info.java"), "module small {\n    exports small.api;\n}\n");
        write(
                sources.resolve("small/api/Shown.java"),
                "package small.api;\n/** Reads {@code x | y} as\n * {@link Hidden#all}. No more. */\npublic class Shown {}\n");
        write(sources.resolve("small/api/Hidden.java"), "package small.api;\n/** Hidden. */\nclass Hidden {}\n");
        write(
                sources.resolve("small/inside/Inner.java"),
                "package small.inside;\n/** Inner. */\npublic class Inner {}\n");
        String page = ApiDocument.of(root, List.of("small"));
        assertTrue(page.contains("## small.api\n"), page);
        assertTrue(page.contains("| `Shown` | Reads `x \\| y` as `Hidden.all`. |\n"), page);
        assertFalse(page.contains("| `Hidden`") || page.contains("Inner"), page);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
