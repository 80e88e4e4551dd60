package io.panocrypt.policy;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.StoreException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /**
     * What is signed.
     *
     * @param heads the head of every chain
     * @param time not before they were read
     */
    record Heads(List<ChainHead> heads, @Nullable Instant time) {
        Heads {
            heads = List.copyOf(heads);
        }
    }

    /** The checkpoint at the end of a line of the log; empty if the line tells something else. */
    public static Optional<Checkpoint> in(String line) {
        Matcher found = LINE.matcher(line);
        return found.find() ? Optional.of(new Checkpoint(found.group(1), found.group(2))) : Optional.empty();
    }

    /** What the log says of it. */
    String line() {
        return "checkpoint " + heads + " " + signature;
    }

    /**
     * The heads, whoever signed them.
     *
     * @throws StoreException if nobody who knows the form has written them
     */
    List<ChainHead> listed() {
        return statement().heads();
    }

    /** Whether it was taken after that time; false where it does not say. */
    boolean isAfter(Instant time) {
        Instant taken = statement().time();
        return taken != null && taken.isAfter(time);
    }

    private Heads statement() {
        return Json.read(heads, Heads.class);
    }

    boolean isSignedBy(PublicJwk key) {
        return SiteSignature.verifies(heads, signature, key);
    }
}
