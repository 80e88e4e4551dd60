package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.internal.journal.ExportRow;
import io.panocrypt.policy.internal.journal.SignedHeads;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every change of an export is detected and named. */
class ExportTamperingTest extends ExportFixture {
    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("id", set("id", "other")),
                Arguments.of("kind", set("kind", "AUDIT")),
                Arguments.of("unknown kind", set("kind", "SOMETHING")),
                Arguments.of("time", set("time", "2026-01-02T03:04:05.679Z")),
                Arguments.of("device", set("device", "other")),
                Arguments.of("no device", set("device", null)),
                Arguments.of("body", set("body", "{}")),
                Arguments.of("hash", set("hash", "0".repeat(64))));
    }

    private static Consumer<ObjectNode> set(String member, @Nullable String value) {
        return row -> row.put(member, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void isNamedInEveryRow(String name, Consumer<ObjectNode> change) throws IOException {
        for (int i = 1; i <= 10; i++) {
            List<String> lines = export(history);
            String before = lines.get(i);
            lines.set(i, change(before, change));
            if (!JSON.readTree(before).equals(JSON.readTree(lines.get(i)))) {
                assertBroken("node-1", i, lines);
            }
        }
    }

    @Test
    void isNamedWhereARowIsDeleted() throws IOException {
        for (int i = 1; i <= 10; i++) {
            List<String> lines = export(history);
            lines.remove(i);
            assertBroken("node-1", i, lines);
        }
    }

    @Test
    void isNamedWhereTwoRowsAreSwapped() throws IOException {
        for (int i = 1; i < 10; i++) {
            List<String> lines = export(history);
            Collections.swap(lines, i, i + 1);
            assertBroken("node-1", i, lines);
        }
    }

    @Test
    void isNamedWhereARowStandsThereTwice() throws IOException {
        for (int i = 1; i <= 10; i++) {
            List<String> lines = export(history);
            lines.add(i, lines.get(i));
            assertBroken("node-1", i, lines);
        }
    }

    @Test
    void isNamedWhereTheEndIsCutOff() throws IOException {
        for (int i = 10; i >= 1; i--) {
            assertBroken("node-1", i, export(history).subList(0, i));
        }
    }

    @Test
    void isNamedWhereTheBeginningIsCutOff() throws IOException {
        for (int i = 2; i <= 10; i++) {
            List<String> lines = export(history);
            lines.subList(1, i).clear();
            assertBroken("node-1", 1, lines);
        }
    }

    @Test
    void isNamedWhereARowIsPutBehindTheEnd() throws IOException {
        List<String> lines = export(history);
        attempts(1);
        lines.add(export(history).get(11));
        assertBroken("node-1", 11, lines);
    }

    @Test
    void isNamedWhereARowNamesAnotherChain() throws IOException {
        List<String> lines = export(history);
        lines.set(4, change(lines.get(4), set("chain", "node-2")));
        assertBroken("node-1", 4, lines);
        lines = export(history);
        lines.add(change(lines.get(4), set("chain", "node-2")));
        assertBroken("node-2", 4, lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "{}", "[]", "null", "{\"chain\":\"node-1\"}"})
    void isNamedByItsLineWhereThatIsNoRow(String line) throws IOException {
        for (int i = 1; i <= 10; i++) {
            List<String> lines = export(history);
            lines.set(i, line);
            assertBroken("line", i + 1, lines);
            lines = export(history);
            lines.add(i, line);
            assertBroken("line", i + 1, lines);
        }
    }

    @Test
    void isNamedWhereALineHoldsMoreThanItsRow() throws IOException {
        for (String more : List.of(" {}", ",", "x")) {
            List<String> lines = export(history);
            lines.set(4, lines.get(4) + more);
            assertBroken("line", 5, lines);
        }
        List<String> lines = export(history);
        lines.set(4, lines.get(4).replaceFirst("\\{", "{\"hash\":\"\","));
        assertBroken("line", 5, lines);
        lines = export(history);
        lines.set(4, change(lines.get(4), row -> row.put("more", 1)));
        assertBroken("line", 5, lines);
    }

    /** An attacker who recomputes all hashes still has no key to sign checkpoints with. */
    @Test
    void isNamedByTheNextCheckpointWhereAllHashesWereMadeAnew() throws IOException {
        List<String> lines = export(history);
        lines.set(4, change(lines.get(4), set("body", "{}")));
        ChainHead head = ChainHead.start("node-1");
        for (int i = 1; i <= 10; i++) {
            JournalRow row =
                    head.append(ExportRow.parse(lines.get(i)).orElseThrow().entry());
            lines.set(i, new String(Json.writeAscii(ExportRow.of(row)), StandardCharsets.US_ASCII));
            head = ChainHead.of(row);
        }
        assertBroken("node-1", 5, lines);
        String heads = Json.text(new SignedHeads(List.of(head), house.clock.instant()));
        lines.set(0, change(lines.get(0), header -> header.put("heads", heads)));
        assertBroken("line", 1, lines);
    }

    @Test
    void isFoundWhereTheHeaderIsChanged() throws IOException {
        String heads = Json.text(new SignedHeads(
                List.of(ChainHead.of(house.memory.chain("node-1", 0, 10).get(8))), house.clock.instant()));
        List<String> lines = export(history);
        lines.set(0, change(lines.get(0), header -> header.put("heads", heads)));
        assertBroken("line", 1, lines.subList(0, 10));
        List<String> signed = export(history);
        signed.set(0, change(signed.get(0), header -> header.put("signature", "AAAA")));
        assertBroken("line", 1, signed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "nonsense",
                "{\"format\":\"panocrypt-history-2\"}",
                "{\"format\":\"panocrypt-history-1\",\"checkpointKey\":{},\"heads\":\"\",\"signature\":\"\",\"cuts\":[]}",
                "{\"format\":\"panocrypt-history-1\",\"checkpointKey\":null,\"heads\":null,\"signature\":null,\"cuts\":[]}"
            })
    void makesItNoExportWhereTheHeaderIsNone(String line) throws IOException {
        List<String> lines = export(history);
        lines.set(0, line);
        assertThrows(IOException.class, () -> verify(lines));
        assertThrows(IOException.class, () -> verify(lines.subList(1, 11)));
        assertThrows(IOException.class, () -> verify(List.of()));
    }

    @Test
    void isFoundWhereTwoSitesAreSpliced() throws IOException {
        List<String> lines = export(history);
        try (TestService other = new TestService()) {
            Device twin = other.device("web-1");
            for (int i = 0; i < 8; i++) {
                other.unlock(twin, TestService.HOME);
            }
            List<String> others = export(other.service.history());
            for (int cut = 2; cut < 10; cut++) {
                List<String> spliced = new ArrayList<>(lines.subList(0, cut));
                spliced.addAll(others.subList(cut, 11));
                assertBroken("node-1", cut, spliced);
            }
            List<String> foreignHeader = new ArrayList<>(lines);
            foreignHeader.set(0, others.get(0));
            assertFalse(verify(foreignHeader).intact());
            List<String> foreignKey = new ArrayList<>(lines);
            foreignKey.set(0, change(lines.get(0), header -> {
                try {
                    header.set("checkpointKey", JSON.readTree(others.get(0)).path("checkpointKey"));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
            assertBroken("line", 1, foreignKey);
        }
    }

    @Test
    void isFoundWhereAnOlderExportOfTheSiteIsSplicedIn() throws IOException {
        List<String> old = export(history);
        attempts(3);
        List<String> fresh = export(history);
        List<String> shorter = new ArrayList<>(old);
        shorter.set(0, fresh.get(0));
        assertBroken("node-1", 11, shorter);
        List<String> longer = new ArrayList<>(fresh);
        longer.set(0, old.get(0));
        assertBroken("node-1", 11, longer);
    }

    @Test
    void isFoundWhereverBytesAreSpoilt() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] whole = (String.join("\n", export(history)) + "\n").getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 300; round++) {
            byte[] spoilt = whole.clone();
            int at = random.nextInt(spoilt.length - 1);
            spoilt[at] ^= (byte) (1 << random.nextInt(7));
            String when = "seed " + seed + ", round " + round + ", byte " + at;
            Path file = Files.write(folder.resolve("spoilt"), spoilt);
            try (HistoryExport export = HistoryExport.open(file)) {
                if (export.verify(Stream.of()).intact()) {
                    // Such as 03:04:05z for 03:04:05Z, or the unused bits of a signature's last letter.
                    assertEquals(rows(whole), rows(spoilt), when);
                }
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("not an export"), when);
            }
        }
    }

    private static List<JournalRow> rows(byte[] export) {
        return new String(export, StandardCharsets.ISO_8859_1)
                .lines()
                .skip(1)
                .map(line -> ExportRow.parse(line).orElseThrow())
                .toList();
    }
}
