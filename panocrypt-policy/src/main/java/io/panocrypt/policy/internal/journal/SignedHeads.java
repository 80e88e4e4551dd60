package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint signs.
 *
 * @param heads the head of every chain
 * @param time not before they were read; null in checkpoints of early releases
 */
public record SignedHeads(List<ChainHead> heads, @Nullable Instant time) {
    public SignedHeads {
        heads = List.copyOf(heads);
    }

    /**
     * The heads of a checkpoint, whoever signed it.
     *
     * @throws StoreException if the text has another form
     */
    public static SignedHeads of(Checkpoint checkpoint) {
        return Json.readSigned(checkpoint.heads(), SignedHeads.class);
    }

    /** Whether they were taken after that time; false where no time is given. */
    public boolean isAfter(Instant other) {
        return time != null && time.isAfter(other);
    }
}
