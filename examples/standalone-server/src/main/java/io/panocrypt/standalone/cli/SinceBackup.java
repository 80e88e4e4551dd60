package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.HistoryExport;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.standalone.cli.base.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What happened after a backup, by what the site has left elsewhere. Believes only what the site's key has signed. */
final class SinceBackup {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final PublicJwk key;
    private final Map<String, Long> heads = new HashMap<>();

    /** @param fence as the server shows it */
    SinceBackup(JsonNode fence) throws CommandFailure {
        try {
            this.key = PublicJwk.parse(fence.path("checkpointKey").toString());
        } catch (InvalidKeyException e) {
            throw CommandFailure.unreachable("this is no Panocrypt server: it shows no checkpoint key");
        }
        fence.path("heads")
                .forEach(head -> heads.put(
                        head.path("chain").asText(), head.path("sequence").asLong()));
    }

    /** For each chain, how many entries a log lists beyond the backup. */
    List<String> checkpoints(Path log) throws CommandFailure {
        // The log may contain any bytes: in this encoding every byte is a character.
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            Map<String, Long> listed = new TreeMap<>();
            long[] count = new long[1];
            lines.flatMap(line -> Checkpoint.in(line).stream())
                    .filter(this::isOurs)
                    .forEach(checkpoint -> {
                        count[0]++;
                        entries(checkpoint).forEach((chain, last) -> listed.merge(chain, last, Math::max));
                    });
            if (count[0] == 0) {
                throw CommandFailure.usage(log + " holds no checkpoint line of this site");
            }
            List<String> found = new ArrayList<>();
            listed.forEach((chain, last) -> found.add(beyond(chain, last)));
            return found;
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailure.usage("--checkpoints: " + log + " cannot be read");
        }
    }

    private boolean isOurs(Checkpoint checkpoint) {
        try {
            return key.verify(
                    checkpoint.heads().getBytes(StandardCharsets.UTF_8),
                    Base64.getUrlDecoder().decode(checkpoint.signature()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String beyond(String chain, long last) {
        long missing = last - heads.getOrDefault(chain, 0L);
        return missing > 0
                ? "missing: " + missing + " entries of " + chain + " up to entry " + last
                        + ", which a checkpoint in the log lists"
                : "complete: " + chain + " has every entry that the log lists";
    }

    private static Map<String, Long> entries(Checkpoint checkpoint) {
        Map<String, Long> entries = new HashMap<>();
        parse(checkpoint.heads())
                .ifPresent(text -> text.path("heads")
                        .forEach(head -> entries.put(
                                head.path("chain").asText(),
                                head.path("sequence").asLong())));
        return entries;
    }

    /** What operators did after the backup, oldest first. */
    List<String> edits(Path export) throws CommandFailure {
        try (HistoryExport history = HistoryExport.open(export);
                Stream<String> lines = Files.lines(export, StandardCharsets.US_ASCII)) {
            if (!history.checkpointKey().equals(key)) {
                throw CommandFailure.usage("--history: " + export + " is from another site");
            }
            if (!history.verify(Stream.of()).intact()) {
                throw CommandFailure.notIntact("the export is NOT intact; history verify says where");
            }
            List<String> edits = lines.skip(1)
                    .flatMap(line -> parse(line).stream())
                    .filter(this::isEditSince)
                    .map(SinceBackup::edit)
                    .sorted()
                    .toList();
            return edits.isEmpty() ? List.of("no edit after the backup is in the export") : edits;
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailure.usage("--history: " + export + " cannot be read: " + e.getMessage());
        }
    }

    private boolean isEditSince(JsonNode entry) {
        return entry.path("kind").asText().equals("AUDIT")
                && entry.path("sequence").asLong()
                        > heads.getOrDefault(entry.path("chain").asText(), 0L);
    }

    private static String edit(JsonNode entry) {
        JsonNode body = parse(entry.path("body").asText()).orElse(MAPPER.createObjectNode());
        String name = Stream.of(body.path("after"), body.path("before"))
                .map(state -> cell(state.path("name")))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(() -> cell(body.path("objectId")));
        return cell(entry.path("time")) + "  " + cell(body.path("action")) + "  " + name;
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            return Optional.of(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
