package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.Store;
import java.time.Instant;

/**
 * The condition under which a member's edit is committed: the member's record is at a version that has the token of the
 * authentication. Not thread-safe.
 *
 * <p>Other changes of the record, such as a contact or a name, do not end the token; so it is read again after a conflict.
 */
final class ActingMember {
    private final Store store;
    private final Member authenticated;
    private long version;

    ActingMember(Store store, Member authenticated) {
        this.store = store;
        this.authenticated = authenticated;
        this.version = authenticated.version();
    }

    Change requirement() {
        return new Change.Require(RecordMapper.MEMBER, authenticated.id(), version);
    }

    /** Refuses an act of a service account on a device outside its scopes. */
    void requireScope(Scope.Act act, Device device) {
        authenticated.requireScope(act, device);
    }

    boolean is(String memberId) {
        return authenticated.id().equals(memberId);
    }

    void refuseServiceAccount() {
        if (authenticated.role() == Role.SERVICE) {
            throw new OperationException(
                    OperationException.Kind.FORBIDDEN, "no scope of this service account allows this change");
        }
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
     * @throws OperationException if the token has ended, the role was lowered, or the scopes are others
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
        if (!now.scopes().equals(authenticated.scopes())) {
            throw new OperationException(
                    OperationException.Kind.FORBIDDEN,
                    "the account's scopes were changed before the change was committed");
        }
        boolean moved = now.version() != version;
        version = now.version();
        return moved;
    }

    private static OperationException ended() {
        return new OperationException(
                OperationException.Kind.UNAUTHENTICATED,
                "the token expired or was replaced, or the member was removed, before the change was committed");
    }
}
