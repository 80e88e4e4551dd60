package io.panocrypt.policy.model.backup;

import io.panocrypt.policy.spi.store.ChainHead;
import java.time.Instant;
import java.util.List;

/**
 * Why a restored store answers nobody, and how old it is. What happened after the backup is missing in it: devices that were
 * revoked since are active again.
 *
 * @param backupId identifies the backup; names the fence when it is lifted
 * @param backupTime when the backup was taken
 * @param restored when it was restored
 * @param heads the last journal entry of each chain in the backup; what a checkpoint lists beyond is missing here
 * @param openGrants how many allowances and approvals were open, all cancelled by the restore
 * @param openRequests how many approval requests were open, all ended by the restore
 * @param grants these allowances and approvals, at most 100 of them
 */
public record FenceStatus(
        String backupId,
        Instant backupTime,
        Instant restored,
        List<ChainHead> heads,
        long openGrants,
        long openRequests,
        List<OpenGrant> grants) {
    /** Copies the lists. */
    public FenceStatus {
        heads = List.copyOf(heads);
        grants = List.copyOf(grants);
    }
}
