package io.panocrypt.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The commands of a page in docs, run in one shell in their order.
 *
 * <p>Each command is in a block {@code sh}. A block {@code text} right after it is what its commands print, without standard
 * error; {@code ...} stands for anything within a line, and as a whole line for any lines. A block whose first line begins with
 * {@value #NOT_RUN} is not run, and says why.
 */
final class PageCommands {
    static final String NOT_RUN = "# not run by the test: ";

    private static final String FENCE = "```";
    /** The server's URL on the pages. */
    private static final String EXAMPLE = "http://127.0.0.1:8080";

    /** One block of commands; {@code line} is that of its fence. */
    private record Block(int line, List<String> commands, List<String> printed) {
        boolean isRun() {
            return !commands.get(0).startsWith(NOT_RUN);
        }

        String name() {
            return "the block in line " + line;
        }
    }

    private final List<Block> blocks = new ArrayList<>();

    /** @throws AssertionError if the page has code in another form, which nothing would run */
    PageCommands(List<String> page) {
        for (int at = 0; at < page.size(); at++) {
            String line = page.get(at);
            if (line.startsWith("    ")) {
                throw new AssertionError("line " + (at + 1) + " is code outside of a block: " + line);
            }
            if (!line.strip().startsWith(FENCE)) {
                continue;
            }
            int end = at + 1;
            while (!page.get(end).equals(FENCE)) {
                end++;
            }
            add(
                    line,
                    at + 1,
                    page.subList(at + 1, end),
                    at > 0 && page.get(at - 1).equals(FENCE));
            at = end;
        }
        for (Block block : blocks) {
            if (block.isRun()
                    && block.printed.isEmpty()
                    && block.commands.stream().anyMatch(line -> line.contains(" && "))) {
                throw new AssertionError(block.name() + " would go on after a failure before &&: say what it prints");
            }
        }
    }

    private void add(String fence, int line, List<String> content, boolean follows) {
        if (fence.equals(FENCE + "sh")) {
            blocks.add(new Block(line, content, new ArrayList<>()));
        } else if (fence.equals(FENCE + "text") && follows && last().isRun()) {
            last().printed.addAll(content);
        } else {
            throw new AssertionError(
                    "line " + line + " begins a block that is neither sh nor what one printed: " + fence);
        }
    }

    private Block last() {
        return blocks.get(blocks.size() - 1);
    }

    /** How many blocks are run. */
    long size() {
        return blocks.stream().filter(Block::isRun).count();
    }

    /**
     * Runs the blocks in bash, and stops at the first command that fails.
     *
     * @param folder for the shell's files
     * @param url what stands for {@value #EXAMPLE} of the page
     * @throws AssertionError if a block was not run to its end, or printed something else
     */
    void run(Path folder, Map<String, String> environment, String url) throws IOException {
        StringBuilder script = new StringBuilder("set -eu -o pipefail\n");
        for (Block block : blocks) {
            if (block.isRun()) {
                Path out = folder.resolve(block.line + ".out");
                script.append("exec > ").append(out).append(" 2> ").append(out).append(".err\n");
                block.commands.forEach(
                        line -> script.append(line.replace(EXAMPLE, url)).append('\n'));
                script.append(": > ").append(out).append(".done\n");
            }
        }
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of(
                "bash", Files.writeString(folder.resolve("script"), script).toString()));
        Tool.run(new byte[0], command);
        List<String> faults = new ArrayList<>();
        for (Block block : blocks) {
            if (block.isRun()) {
                fault(block, folder.resolve(block.line + ".out"), url).ifPresent(faults::add);
            }
        }
        if (!faults.isEmpty()) {
            throw new AssertionError(String.join("\n", faults));
        }
    }

    private static Optional<String> fault(Block block, Path out, String url) throws IOException {
        if (!Files.exists(out)) {
            return Optional.of(block.name() + " was not run");
        }
        String printed = Files.readString(out);
        if (!Files.exists(Path.of(out + ".done"))) {
            return Optional.of(
                    block.name() + " was not run to its end:\n" + printed + Files.readString(Path.of(out + ".err")));
        }
        String expected = block.printed.stream()
                .map(line -> line.equals("...") ? "(.*\n)*" : pattern(line.replace(EXAMPLE, url)) + "\n")
                .collect(Collectors.joining());
        return block.printed.isEmpty() || printed.matches(expected)
                ? Optional.empty()
                : Optional.of(block.name() + " printed:\n" + printed);
    }

    private static String pattern(String line) {
        return Arrays.stream(line.split("\\.\\.\\.|TOKEN", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
    }
}
