package io.panocrypt.policy;

import io.panocrypt.policy.internal.backup.FenceRecord;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.spi.store.Store;
import java.util.Optional;

/**
 * Keeps machines away from a restored store: unlocks, advertisements, signs of life and enrollments are refused as if the
 * store did not answer. Operators can read and edit, so that they can revoke again what was revoked after the backup.
 * Thread-safe; throws as {@link Devices} does.
 */
public final class Fence {
    private final Store store;
    private final PolicyEditor editor;

    Fence(Store store, PolicyEditor editor) {
        this.store = store;
        this.editor = editor;
    }

    /** What the store was restored from; empty if no fence stands. */
    public Optional<FenceStatus> find() {
        return FenceRecord.find(store).map(FenceRecord::status);
    }

    /**
     * Ends the fence: from now on, machines are answered by what the backup says.
     *
     * @param backupId as {@link #find} shows it, to confirm
     * @throws OperationException {@code NOT_FOUND} if no fence stands, {@code UNCONFIRMED} for another id
     */
    public void lift(Actor actor, String backupId) {
        editor.retrying(
                () -> FenceRecord.find(store).orElseThrow(() -> OperationException.notFound("fence")), fence -> {
                    if (!fence.status().backupId().equals(backupId)) {
                        throw new OperationException(
                                OperationException.Kind.UNCONFIRMED,
                                "confirm with the id of the backup: machines will be answered by what it says");
                    }
                    return new Edit<>(
                            editor.draft(
                                            actor,
                                            "fence.lift",
                                            RecordMapper.FENCE,
                                            FenceRecord.ID,
                                            fence.status().backupId(),
                                            null)
                                    .delete(fence.record())
                                    .bumpEpoch(),
                            fence);
                });
    }
}
