package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies an edit inside a transaction: checks everything first, then writes everything. */
final class EditOperation implements GroupCommitter.Work<EditResult> {
    private final PolicyEdit edit;
    private final RecordChanges changes;

    EditOperation(PolicyEdit edit) {
        this.edit = edit;
        this.changes = new RecordChanges(edit.changes());
    }

    @Override
    public EditResult run(WriteTransaction transaction) throws SQLException {
        if (transaction.hasEntry(edit.audit().id())) {
            return new EditResult.Applied();
        }
        if (edit.epoch() != null && edit.epoch() != transaction.epoch()) {
            return new EditResult.OtherEpoch();
        }
        Optional<EditResult> obstacle = changes.obstacle(transaction);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        for (GrantScope scope : edit.cancels()) {
            cancel(transaction, scope);
        }
        changes.write(transaction);
        for (Grant grant : edit.grants()) {
            open(transaction, grant);
        }
        OutboxOperation.keep(transaction, edit.outbox());
        if (edit.bumpsEpoch()) {
            transaction.bumpEpoch();
        }
        transaction.append(edit.audit());
        return new EditResult.Applied();
    }

    static void cancel(WriteTransaction transaction, GrantScope scope) throws SQLException {
        if (scope instanceof GrantScope.Single single) {
            transaction.update(Sql.CANCEL_ONE, single.deviceId(), single.grantId());
        } else if (scope instanceof GrantScope.OfDevice device) {
            transaction.update(Sql.CANCEL_OF_DEVICE, device.deviceId());
        } else if (scope instanceof GrantScope.OfTerms devices) {
            if (devices.terms().isEmpty()) {
                transaction.update(Sql.CANCEL_ALL);
                return;
            }
            List<Object> values = new ArrayList<>(List.of(PolicyRecord.DEVICE));
            values.addAll(devices.terms());
            values.add(devices.terms().size());
            transaction.update(Sql.cancelOfTerms(devices.terms().size()), values.toArray());
        } else {
            throw new IllegalStateException("unknown kind of grant scope");
        }
    }

    private static void open(WriteTransaction transaction, Grant grant) throws SQLException {
        Object[] values = {
            grant.deviceId(),
            grant.uses(),
            grant.usesLeft(),
            grant.created().toEpochMilli(),
            grant.expires().toEpochMilli(),
            grant.body(),
            grant.id()
        };
        if (transaction.update(Sql.UPDATE_GRANT, values) == 0) {
            transaction.updateOne(Sql.INSERT_GRANT, values);
        }
    }
}
