package io.panocrypt.policy;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.internal.backup.BackupWriter;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Takes backups of the service while it runs. Thread-safe; throws as {@link Devices} does. */
public final class Backups {
    private final BackupWriter writer;
    private final PolicyEditor editor;
    private final @Nullable MasterKey key;

    Backups(BackupWriter writer, PolicyEditor editor, @Nullable MasterKey key) {
        this.writer = writer;
        this.editor = editor;
        this.key = key;
    }

    /** Whether there is a key to seal backups with. */
    public boolean isEnabled() {
        return key != null;
    }

    /**
     * Writes a backup of everything but what ends by itself: open allowances and approvals are in it for information only,
     * and notices that wait, counts and signs of life are not. It is sealed under the {@linkplain Panocrypt.Builder#backupKey
     * backup key}, which is not in it; {@link BackupFile} opens it. An audit entry records it. Holds about 1,000 entries at
     * once.
     *
     * @param out is flushed and not closed; what was written before an exception does not open
     * @throws OperationException {@code CONFLICT} if there is no backup key
     * @throws io.panocrypt.policy.spi.store.StoreException if the store fails, edits follow each other for 30 s without a
     *     pause, or retention removes entries meanwhile
     * @throws IOException if it cannot be written
     */
    public void write(Actor actor, OutputStream out) throws IOException {
        if (key == null) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT, "this service has no key to seal backups with");
        }
        editor.apply(editor.draft(actor, "site.backup", RecordMapper.SITE, "site", null, null));
        writer.write(key, out);
    }
}
