package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.HistoryExport;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks an exported history against itself, a key and a log. The result has the form of the server's answer. */
final class OfflineCheck {
    /** The value in place of a chain's name if a line is not a journal entry. */
    static final String LINE = "line";
    /** The value in place of a chain's name if the export is from another site. */
    static final String KEY = "key";

    private static final String STANDARD_INPUT = "-";

    /** A SHA-256 in base64url without padding. */
    private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final String file;
    private final @Nullable String key;
    private final @Nullable Path log;
    private final List<String> notes = new ArrayList<>();
    private long compared;
    private long foreign;

    OfflineCheck(String file, @Nullable String key, @Nullable Path log) {
        this.file = file;
        this.key = key;
        this.log = log;
    }

    static boolean isStandardInput(@Nullable String file) {
        return STANDARD_INPUT.equals(file);
    }

    /** Additional notes for the operator. */
    List<String> notes() {
        return notes;
    }

    JsonNode run() throws CommandFailure {
        try {
            if (!isStandardInput(file)) {
                return check(Path.of(file));
            }
            // The export is read at many positions and may not fit into memory, so standard input is copied to a file.
            Path copy = Files.createTempFile("panocrypt-export", "");
            try {
                Files.copy(System.in, copy, StandardCopyOption.REPLACE_EXISTING);
                return check(copy);
            } finally {
                Files.delete(copy);
            }
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("there is no file " + e.getFile());
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        }
    }

    private CommandFailure unreadable(IOException e) {
        return CommandFailure.usage(file + " cannot be checked: " + e.getMessage());
    }

    private JsonNode check(Path path) throws IOException, CommandFailure {
        try (HistoryExport export = HistoryExport.open(path)) {
            PublicJwk named = export.checkpointKey();
            if (key == null) {
                notes.add("the export itself names its key: compare it with what the server's history verify prints,"
                        + " or give that with --key");
            } else if (!isNamedBy(key, named)) {
                return view(
                        false, 0, Optional.of(new Verification.Break(KEY, 0, "not the one given")), List.of(), named);
            }
            Verification found = log == null ? export.verify(Stream.of()) : besideLog(export, log);
            return view(found.intact(), found.rows(), found.brokenAt(), found.chains(), named);
        }
    }

    private static boolean isNamedBy(String wanted, PublicJwk key) throws CommandFailure {
        if (THUMBPRINT.matcher(wanted.strip()).matches()) {
            return key.kid().equals(wanted.strip());
        }
        try {
            return PublicJwk.parse(wanted).equals(key);
        } catch (InvalidKeyException e) {
            throw CommandFailure.usage(
                    "--key is neither a thumbprint of 43 characters nor a public key as JWK: " + e.getMessage());
        }
    }

    private Verification besideLog(HistoryExport export, Path from) throws IOException, CommandFailure {
        boolean isInput = isStandardInput(from.toString());
        if (!isInput && (Files.isDirectory(from) || !Files.isReadable(from))) {
            throw CommandFailure.usage("--checkpoints: " + from + " is not a file that can be read");
        }
        // The log may contain any bytes: in this encoding every byte is a character.
        try (Stream<String> lines = isInput
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1)).lines()
                : Files.lines(from, StandardCharsets.ISO_8859_1)) {
            Verification found = export.verify(lines.flatMap(line -> Checkpoint.in(line).stream())
                    .filter(checkpoint -> isOurs(checkpoint, export)));
            if (compared == 0) {
                throw CommandFailure.usage(
                        (isInput ? "standard input" : from) + " holds no checkpoint line of this site");
            }
            notes.add("compared with " + compared + " checkpoint lines of the log"
                    + (foreign == 0 ? "" : "; " + foreign + " others are not signed by this site's key"));
            return found;
        }
    }

    private boolean isOurs(Checkpoint checkpoint, HistoryExport export) {
        boolean ours = export.hasSigned(checkpoint);
        compared += ours ? 1 : 0;
        foreign += ours ? 0 : 1;
        return ours;
    }

    private static JsonNode view(
            boolean intact,
            long rows,
            Optional<Verification.Break> brokenAt,
            List<Verification.Chain> chains,
            PublicJwk key) {
        ObjectNode view = ApiClient.object().put("intact", intact).put("rows", rows);
        view.putNull("brokenAt");
        brokenAt.ifPresent(at -> view.putObject("brokenAt")
                .put("chain", at.chain())
                .put("sequence", at.sequence())
                .put("problem", at.problem()));
        ArrayNode list = view.putArray("chains");
        for (Verification.Chain chain : chains) {
            list.addObject()
                    .put("chain", chain.chain())
                    .put("cut", chain.cut())
                    .put("signed", chain.signed())
                    .put("last", chain.last());
        }
        return view.put("checkpointKey", key.kid());
    }
}
