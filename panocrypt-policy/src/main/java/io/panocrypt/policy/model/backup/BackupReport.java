package io.panocrypt.policy.model.backup;

import io.panocrypt.policy.model.history.Verification;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a backup holds, and whether it is good.
 *
 * @param id identifies the backup
 * @param time when it was taken
 * @param records how many records of each kind it holds, by the kind's name
 * @param openGrants the allowances and approvals that were open; a restore cancels them
 * @param journal whether its history is intact
 * @param unusableKeys the keys that do not open in the custody, in words for operators; empty if all do
 */
public record BackupReport(
        String id,
        Instant time,
        Map<String, Long> records,
        List<OpenGrant> openGrants,
        Verification journal,
        List<String> unusableKeys) {
    /** Copies the collections. */
    public BackupReport {
        records = Map.copyOf(records);
        openGrants = List.copyOf(openGrants);
        unusableKeys = List.copyOf(unusableKeys);
    }

    /** Whether the history is intact and every key opens. */
    public boolean isGood() {
        return journal.intact() && unusableKeys.isEmpty();
    }
}
