package io.panocrypt.policy.model.history;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the site signed of where its chains ended; each goes into the journal and, as one line, into the log. Immutable.
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

    /** The checkpoint at the end of a line of the log; empty if the line tells something else. */
    public static Optional<Checkpoint> in(String line) {
        Matcher found = LINE.matcher(line);
        return found.find() ? Optional.of(new Checkpoint(found.group(1), found.group(2))) : Optional.empty();
    }

    /** The line of the log that {@link #in} reads. */
    public String line() {
        return "checkpoint " + heads + " " + signature;
    }
}
