package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would make a page lie is found: a block that is not run, fails or prints something else. */
@RequiresTools("bash")
class PageCommandsTest {
    private static final String URL = "http://127.0.0.1:4711";

    @TempDir
    private Path folder;

    private static PageCommands page(String text) {
        return new PageCommands(text.lines().toList());
    }

    private void run(String text) throws IOException {
        page(text).run(folder, Map.of("GREETING", "good morning"), URL);
    }

    private void assertRefused(String told, String text) {
        AssertionError refusal = assertThrows(AssertionError.class, () -> run(text));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(told), refusal.getMessage());
    }

    @Test
    void runsAllBlocksInOneShell() throws IOException {
        String text = """
                # A page
                ```sh
                two=2
                echo "$GREETING" > /dev/null
                ```
                Words.
                ```sh
                # not run by the test: it would fail
                exit 1
                ```
                ```sh
                printf '%s\\n' "$two" b c http://127.0.0.1:8080/u/abc
                ```
                ```text
                2
                ...
                http://127.0.0.1:8080/u/TOKEN
                ```
                """;
        run(text);
        assertEquals(2, page(text).size());
    }

    @Test
    void findsABlockThatFails() {
        assertRefused("the block in line 1 was not run to its end:\nbefore\n", "```sh\necho before\nfalse\n```");
        assertRefused("the block in line 1 was not run to its end", "```sh\nfalse | cat\n```");
        assertRefused("the block in line 1 was not run to its end", "```sh\necho $NOTHING\n```");
    }

    /** The shell ends with 0, and yet the page was not run. */
    @Test
    void findsABlockThatWasNotReached() {
        assertRefused(
                "the block in line 4 was not run to its end:\n\nthe block in line 7 was not run",
                "```sh\n:\n```\n```sh\nexit 0\n```\n```sh\necho never\n```");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "a\nb", "", "a ", "..a"})
    void findsABlockThatPrintsSomethingElse(String expected) {
        String text = "```sh\necho a\n```\n```text\n" + expected + "\n```";
        assertRefused("the block in line 1 printed:\na\n", text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "```\necho a\n```",
                "```bash\necho a\n```",
                "```sh \necho a\n```",
                "    echo a",
                "```text\na\n```",
                "```sh\necho a\n```\n\n```text\na\n```",
                "```sh\n# not run by the test: no\n```\n```text\na\n```"
            })
    void findsCodeThatNothingWouldRun(String text) {
        assertThrows(AssertionError.class, () -> page(text));
    }
}
