package io.panocrypt.policy.internal.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.StoreException;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The first line of an export.
 *
 * @param key the site's signing key, as the file claims
 * @param time when the export began
 * @param heads the heads of all chains at that time
 * @param statement the signed time and heads
 * @param cuts the truncations of all chains
 */
public record ExportHeader(
        PublicJwk key, Instant time, List<ChainHead> heads, Checkpoint statement, List<ChainTruncation.Signed> cuts) {
    private static final String FORMAT = "panocrypt-history-1";

    public ExportHeader {
        heads = List.copyOf(heads);
        cuts = List.copyOf(cuts);
    }

    /** The JSON members of the line. */
    private record Line(
            String format, JsonNode checkpointKey, String heads, String signature, List<ChainTruncation.Signed> cuts) {
        Line {
            Objects.requireNonNull(format);
            Objects.requireNonNull(checkpointKey);
            cuts = List.copyOf(cuts);
        }
    }

    static byte[] line(PublicJwk key, Checkpoint statement, List<ChainTruncation.Signed> cuts) {
        return Json.writeAscii(new Line(
                FORMAT, Json.read(key.toJson(), JsonNode.class), statement.heads(), statement.signature(), cuts));
    }

    /** Parses the header; empty for any other line, or if its key is no signing key. No signature is verified yet. */
    static Optional<ExportHeader> parse(String text) {
        return Json.readForeign(text, Line.class)
                .filter(line -> line.format().equals(FORMAT))
                .flatMap(ExportHeader::of);
    }

    private static Optional<ExportHeader> of(Line line) {
        try {
            PublicJwk key = PublicJwk.parse(line.checkpointKey().toString());
            Checkpoint statement = new Checkpoint(line.heads(), line.signature());
            SignedHeads said = SignedHeads.of(statement);
            return key.role() == SiteIdentity.CHECKPOINT_LABEL.role() && said.time() != null
                    ? Optional.of(new ExportHeader(key, said.time(), said.heads(), statement, line.cuts()))
                    : Optional.empty();
        } catch (InvalidKeyException | StoreException e) {
            return Optional.empty();
        }
    }
}
