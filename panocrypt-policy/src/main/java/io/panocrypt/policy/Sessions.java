package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.session.SessionStore;
import io.panocrypt.policy.internal.session.StoredSession;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Session;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Members' sessions in browsers. Thread-safe; throws as {@link Devices} does.
 *
 * <p>A session ends {@link #IDLE} after its last use and {@link #LIFETIME} after it began. All sessions of a member end in
 * the commit that removes the member, changes the role or replaces the token, and when the token expires. A member has at
 * most {@link #MAX_SESSIONS}; one more ends the one that was not used for longest. They are not in backups.
 */
public final class Sessions {
    /** How long a session lasts without use. It may end a minute earlier, because a use is recorded once a minute. */
    public static final Duration IDLE = Duration.ofMinutes(30);

    /** How long a session lasts at most. */
    public static final Duration LIFETIME = Duration.ofHours(12);

    /** How many sessions a member may have. */
    public static final int MAX_SESSIONS = 16;

    private static final Duration PURGE_PAUSE = Duration.ofHours(1);

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final SessionStore sessions;
    private final AtomicLong nextPurge = new AtomicLong(Long.MIN_VALUE);

    Sessions(Store store, InstantSource clock, IdGenerator ids, PolicyEditor editor, SessionStore sessions) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.sessions = sessions;
    }

    /**
     * A new session and its token.
     *
     * @param token 256 random bits in base32, returned only here; the store has its SHA-256
     */
    public record Begun(Session session, String token) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Begun[" + session + "]";
        }
    }

    /**
     * A session that lasts.
     *
     * @param member as stored now, with today's role; an {@link Actor#of(Member) actor}
     */
    public record Found(Session session, Member member) {}

    /** The audit form of a session. */
    private record SessionAudit(Session.SignIn signIn, boolean breakGlass, String userAgent, Instant created) {
        static @Nullable SessionAudit of(@Nullable Session session) {
            return session == null
                    ? null
                    : new SessionAudit(
                            session.signIn(), session.signIn().isBreakGlass(), session.userAgent(), session.created());
        }
    }

    /**
     * Begins a session, with an audit entry that says how the member signed in. {@code FORBIDDEN} for a service account.
     *
     * @param member as just authenticated
     * @param userAgent what the browser calls itself; cut to {@link Session#MAX_USER_AGENT} characters
     */
    public Begun begin(Member member, Session.SignIn signIn, String userAgent) {
        String token = ids.token() + ids.token();
        String id = ids.next();
        Session session = editor.retrying(() -> sessions.of(member.id()), earlier -> {
            Instant now = clock.instant();
            Session begun = new Session(id, member.id(), signIn, cut(userAgent), now, now, 1);
            PolicyEditor.Draft draft = draft(member, "session.begin", null, begun)
                    .put(StoredSession.of(begun, member).record(TokenHash.of(token)));
            earlier.stream()
                    .sorted(Comparator.comparing(Sessions::lastUsed).reversed())
                    .skip(MAX_SESSIONS - 1L)
                    .forEach(draft::delete);
            return new Edit<>(draft, begun);
        });
        return new Begun(session, token);
    }

    /** An unreadable one counts as the oldest. */
    private static Instant lastUsed(PolicyRecord record) {
        return RecordMapper.readIfReadable(record, StoredSession.class)
                .map(stored -> stored.session().lastUsed())
                .orElse(Instant.EPOCH);
    }

    private static String cut(String userAgent) {
        if (userAgent.length() <= Session.MAX_USER_AGENT) {
            return userAgent;
        }
        // Never within a surrogate pair, half of which could not be stored.
        boolean isSplit = Character.isHighSurrogate(userAgent.charAt(Session.MAX_USER_AGENT - 1));
        return userAgent.substring(0, isSplit ? Session.MAX_USER_AGENT - 1 : Session.MAX_USER_AGENT);
    }

    /** The session with that token, which counts as used; empty if there is none or it has ended. */
    public Optional<Found> find(String token) {
        if (!StoreText.isStorable(token)) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<PolicyRecord> record = store.find(RecordMapper.SESSION, RecordMapper.tokenTerm(TokenHash.of(token)));
        if (record.isEmpty()) {
            return Optional.empty();
        }
        StoredSession stored = StoredSession.read(record.get());
        Optional<Member> member = stored.isAliveAt(now, IDLE, LIFETIME)
                ? store.get(RecordMapper.MEMBER, stored.session().memberId())
                        .map(found -> RecordMapper.read(found, Member.class))
                        .filter(found -> stored.isOf(found, now))
                : Optional.empty();
        member.ifPresent(found -> sessions.use(record.get(), stored, now));
        return member.map(found -> new Found(stored.session(), found));
    }

    /** The member's sessions that last, the latest sign-in first. */
    public List<Session> list(Member member) {
        Instant now = clock.instant();
        return sessions.of(member.id()).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, StoredSession.class).stream())
                .filter(stored -> stored.isAliveAt(now, IDLE, LIFETIME) && stored.isOf(member, now))
                .map(StoredSession::session)
                .sorted(Comparator.comparing(Session::created).reversed())
                .toList();
    }

    /** Ends a session of the member's own, with an audit entry; {@code NOT_FOUND} if there is none with that id. */
    public void end(Member member, String id) {
        editor.retrying(() -> own(member, id), record -> {
            Session ended = StoredSession.read(record).session();
            return new Edit<>(draft(member, "session.end", ended, null).delete(record), ended);
        });
    }

    private PolicyRecord own(Member member, String id) {
        return Optional.of(id)
                .filter(StoreText::isStorable)
                .flatMap(stored -> store.get(RecordMapper.SESSION, stored))
                .filter(record -> record.terms().contains(StoredSession.memberTerm(member.id())))
                .orElseThrow(() -> OperationException.notFound("session"));
    }

    private PolicyEditor.Draft draft(Member member, String action, @Nullable Session before, @Nullable Session after) {
        String id = Objects.requireNonNull(after == null ? before : after).id();
        return editor.draft(
                Actor.of(member), action, RecordMapper.SESSION, id, SessionAudit.of(before), SessionAudit.of(after));
    }

    /** Deletes sessions that time has ended; once an hour, however often it is called. */
    void purge() {
        Instant now = clock.instant();
        long next = nextPurge.get();
        if (now.toEpochMilli() >= next
                && nextPurge.compareAndSet(next, now.plus(PURGE_PAUSE).toEpochMilli())) {
            sessions.purge(now, IDLE, LIFETIME);
        }
    }
}
