package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.history.Checkpoint;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a checkpoint.
 *
 * @param heads the heads of all chains
 * @param time not before the heads were read; null in checkpoints of early releases
 */
public record SignedHeads(List<ChainHead> heads, @Nullable Instant time) {
    public SignedHeads {
        heads = List.copyOf(heads);
    }

    /**
     * Parses a checkpoint without verifying its signature.
     *
     * @throws StoreException if the text has another form
     */
    public static SignedHeads of(Checkpoint checkpoint) {
        return Json.readSigned(checkpoint.heads(), SignedHeads.class);
    }

    /** Whether the heads were read after that time; false if no time is given. */
    public boolean isAfter(Instant other) {
        return time != null && time.isAfter(other);
    }
}
