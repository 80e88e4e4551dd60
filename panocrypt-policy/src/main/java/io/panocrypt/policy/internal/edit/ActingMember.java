package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Instant;

/**
 * The condition under which a member's edit is committed: the member's record is at a version that has the token of the
 * authentication. Not thread-safe.
 *
 * <p>Other changes of the record, such as a contact or a name, do not end the token; so it is read again after a conflict.
 */
final class ActingMember {
    private final PolicyStore store;
    private final Member authenticated;
    private long version;

    ActingMember(PolicyStore store, Member authenticated) {
        this.store = store;
        this.authenticated = authenticated;
        this.version = authenticated.version();
    }

    PolicyEdit.Change requirement() {
        return new PolicyEdit.Change.Require(RecordMapper.MEMBER, authenticated.id(), version);
    }

    void refuseExpired(Instant now) {
        if (authenticated.tokenExpires().filter(end -> !now.isBefore(end)).isPresent()) {
            throw ended();
        }
    }

    /**
     * Reads the record again after a conflict.
     *
     * @return whether this record has changed, so that the same edit may be applied under the new version
     * @throws OperationException if the token has ended, or the role was lowered
     */
    boolean hasMoved() {
        Member now = store.get(RecordMapper.MEMBER, authenticated.id())
                .map(record -> RecordMapper.read(record, Member.class))
                .filter(found -> found.hasTokenOf(authenticated))
                .orElseThrow(ActingMember::ended);
        if (now.role().compareTo(authenticated.role()) < 0) {
            throw new OperationException(
                    OperationException.Kind.FORBIDDEN, "the member's role was lowered before the change was committed");
        }
        boolean moved = now.version() != version;
        version = now.version();
        return moved;
    }

    private static OperationException ended() {
        return new OperationException(
                OperationException.Kind.UNAUTHENTICATED,
                "the token expired or was replaced before the change was committed");
    }
}
