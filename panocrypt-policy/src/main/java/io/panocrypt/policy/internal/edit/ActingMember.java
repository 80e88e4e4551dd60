package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Instant;

/**
 * The condition under which a member's edit is committed: that the member's record is at a version at which it bore the
 * token that authenticated. Not thread-safe.
 *
 * <p>Other changes of the record (a contact, a name) end no token, so that the record is looked at again after a conflict.
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
     * Reads the record again, after a conflict.
     *
     * @return whether it was this record that had changed, so that the same edit may be applied under the new version
     * @throws OperationException if the token that authenticated has ended, or the role is a lesser one
     */
    boolean hasMoved() {
        Member now = store.get(RecordMapper.MEMBER, authenticated.id())
                .map(found -> RecordMapper.read(found, Member.class))
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
                OperationException.Kind.UNAUTHENTICATED, "the token ended before the change was committed");
    }
}
