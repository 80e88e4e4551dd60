package io.panocrypt.policy.internal.session;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Session;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * The stored form of a session.
 *
 * @param role the member's role at sign-in; another one ends the session
 * @param tokenVersion the member's at sign-in; another one ends the session
 */
public record StoredSession(Session session, Role role, long tokenVersion) {

    public static StoredSession of(Session session, Member member) {
        return new StoredSession(session, member.role(), member.tokenVersion());
    }

    public static StoredSession read(PolicyRecord record) {
        return RecordMapper.read(record, StoredSession.class);
    }

    /** The term of all sessions of a member. */
    public static String memberTerm(String memberId) {
        return "member:" + memberId;
    }

    /** @param tokenHash of the session's token, which is stored nowhere else */
    public PolicyRecord record(String tokenHash) {
        return new PolicyRecord(
                RecordMapper.SESSION,
                session.id(),
                session.version(),
                Json.write(this),
                Set.of(RecordMapper.tokenTerm(tokenHash)),
                Set.of(memberTerm(session.memberId())));
    }

    /** Whether time has not ended it. */
    public boolean isAliveAt(Instant now, Duration idle, Duration life) {
        return now.isBefore(session.created().plus(life))
                && now.isBefore(session.lastUsed().plus(idle));
    }

    /** Whether the member may still act as at sign-in. */
    public boolean isOf(Member member, Instant now) {
        return member.id().equals(session.memberId())
                && member.role() == role
                && member.tokenVersion() == tokenVersion
                && member.tokenExpires().filter(end -> !now.isBefore(end)).isEmpty();
    }

    /** The same session at the next version, used at that time. */
    StoredSession usedAt(Instant now) {
        Session used = new Session(
                session.id(),
                session.memberId(),
                session.signIn(),
                session.userAgent(),
                session.created(),
                now,
                session.version() + 1);
        return new StoredSession(used, role, tokenVersion);
    }
}
