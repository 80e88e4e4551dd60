package io.panocrypt.policy.internal.policy;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;

/** Substitutes for unreadable shared records; each refuses at least what the record refused. */
final class UnreadableRecords {
    private static final String CAUSE = "the stored record cannot be read";
    private static final String DEVICE_TERM = RecordMapper.deviceTerm("");

    private UnreadableRecords() {}

    /** Covers every device, because the record's tags are unknown. */
    static Lockdown lockdown(PolicyRecord record) {
        return new Lockdown(record.id(), Collections.emptySortedSet(), CAUSE, "", Instant.EPOCH, record.version());
    }

    /**
     * Refuses the whole device that the record's terms name, until it is lifted.
     *
     * @throws UnreadableRecordException if the terms name no device, because the deny could then apply to any device
     */
    static TemporaryDeny temporaryDeny(PolicyRecord record) {
        String device = record.terms().stream()
                .filter(term -> term.startsWith(DEVICE_TERM))
                .map(term -> term.substring(DEVICE_TERM.length()))
                .findFirst()
                .orElseThrow(() -> new UnreadableRecordException(record.kind() + " " + record.id()));
        return new TemporaryDeny(record.id(), device, Optional.empty(), Instant.MAX, CAUSE, record.version());
    }

    /** Covers every device, with a quorum that nobody reaches. */
    static ApprovalGroup approvalGroup(PolicyRecord record) {
        return new ApprovalGroup(
                record.id(),
                CAUSE,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Integer.MAX_VALUE,
                ApprovalGroup.Proof.SIGNED,
                record.version());
    }
}
