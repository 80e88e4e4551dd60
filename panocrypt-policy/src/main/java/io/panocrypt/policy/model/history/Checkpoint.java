package io.panocrypt.policy.model.history;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed statement of where all chains ended; each is recorded in the journal and, as one line, in the log.
 * Immutable.
 *
 * @param heads the signed text: JSON that lists the head of every chain
 * @param signature ES256 (r||s) over the text's UTF-8, base64url without padding
 */
public record Checkpoint(String heads, String signature) {
    private static final Pattern LINE = Pattern.compile("checkpoint (\\{\"heads\":.*}) ([A-Za-z0-9_-]+)\\s*$");

    public Checkpoint {
        Objects.requireNonNull(heads);
        Objects.requireNonNull(signature);
    }

    /** The checkpoint at the end of a log line; empty if the line has none. */
    public static Optional<Checkpoint> in(String line) {
        Matcher found = LINE.matcher(line);
        return found.find() ? Optional.of(new Checkpoint(found.group(1), found.group(2))) : Optional.empty();
    }

    /** The text for the log, which {@link #in} reads. */
    public String line() {
        return "checkpoint " + heads + " " + signature;
    }
}
