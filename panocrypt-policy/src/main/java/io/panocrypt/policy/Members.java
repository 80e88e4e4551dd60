package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.ServiceAccountRules;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.internal.passkey.StoredPasskey;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.NumberedContacts;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredMember;
import io.panocrypt.policy.internal.resilience.RetryingWriter;
import io.panocrypt.policy.internal.session.SessionStore;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Manages the members who operate the service. Thread-safe; throws as {@link Devices} does.
 *
 * <p>A member has either a token or an {@link ExternalIdentity}. The role of the latter is what the directory outside said
 * last; it is stored, and so a vote counts by it.
 */
public final class Members {
    /** Recovery by the host must succeed even if a holder of the old token changes the member on many nodes. */
    private static final int RECOVERY_ATTEMPTS = 10_000;

    private static final int MAX_NAME = 63;

    private static final int MAX_CONTACTS = 16;

    /** Push services give endpoints of more than a thousand characters. */
    private static final int MAX_CONTACT = 2_048;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Contacts contacts;
    private final ApprovalGuard guard;
    private final SessionStore sessions;
    private final RetryingWriter firstWrites;
    /** A lock instead of a monitor, so that no virtual thread is pinned while it waits for the store. */
    private final ReentrantLock editing = new ReentrantLock(true);

    /** @param firstWrites repeats the edit that creates the first administrator */
    Members(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Contacts contacts,
            ApprovalGuard guard,
            SessionStore sessions,
            RetryingWriter firstWrites) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.contacts = contacts;
        this.guard = guard;
        this.sessions = sessions;
        this.firstWrites = firstWrites;
    }

    /**
     * A member and a new token.
     *
     * @param token 128 random bits in base32, returned only here; the store has its hash
     */
    public record Issued(Member member, String token) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Issued[" + member + "]";
        }
    }

    /** The member with that token; empty if it is unknown or expired. The result is an {@link Actor#of(Member) actor}. */
    public Optional<Member> authenticate(String token) {
        return store.find(RecordMapper.MEMBER, RecordMapper.tokenTerm(TokenHash.of(token)))
                .map(record -> RecordMapper.read(record, Member.class))
                .filter(member -> member.tokenExpires()
                        .filter(end -> !clock.instant().isBefore(end))
                        .isEmpty());
    }

    /**
     * The member whom a directory outside has authenticated; empty if there is none. The result is an
     * {@link Actor#of(Member) actor}.
     *
     * @param role the member's role according to the directory at this moment; stored if it has changed, with an audit entry
     */
    public Optional<Member> authenticate(ExternalIdentity identity, Role role) {
        if (role == Role.SERVICE) {
            throw new OperationException(
                    OperationException.Kind.INVALID,
                    "a member of a directory is a person: the role is admin, approver or viewer");
        }
        return store.find(RecordMapper.MEMBER, RecordMapper.identityTerm(identity))
                .map(record -> RecordMapper.read(record, Member.class))
                .map(member -> member.role() == role ? member : withRole(identity, member.id(), role));
    }

    /** The directory has decided, so no confirmation is asked for and devices without an approver only cause notices. */
    private Member withRole(ExternalIdentity identity, String id, Role role) {
        return oneAtATime(() -> {
            Member found = get(id);
            return found.role() == role
                    ? found
                    : editOne(
                            Actor.of(identity),
                            id,
                            true,
                            before -> before.with(before.name(), role, before.contacts(), before.scopes()));
        });
    }

    /**
     * The member whom a directory outside has authenticated, as {@link #authenticate(ExternalIdentity, Role)} says, or a new
     * one. Its name is made from the subject.
     */
    public Member admit(ExternalIdentity identity, Role role) {
        return authenticate(identity, role).orElseGet(() -> admitNew(identity, role));
    }

    private Member admitNew(ExternalIdentity identity, Role role) {
        String name = nameOf(identity.subject());
        for (String candidate : List.of(name, numbered(name))) {
            try {
                return register(Actor.of(identity), identity, new MemberChange(candidate, role, null));
            } catch (OperationException e) {
                if (e.kind() != OperationException.Kind.TAKEN) {
                    throw e;
                }
                Optional<Member> madeMeanwhile = authenticate(identity, role);
                if (madeMeanwhile.isPresent()) {
                    return madeMeanwhile.get();
                }
            }
        }
        throw new OperationException(OperationException.Kind.TAKEN, "the name " + name + " is taken; try again");
    }

    private static String nameOf(String subject) {
        String name =
                subject.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "-").replaceAll("^[.-]+", "");
        // The name of the site's own administrator is left to that one, who may not be there yet.
        return name.isEmpty() || name.equals(RecordMapper.FIRST_ADMINISTRATOR_ID)
                ? "member"
                : name.substring(0, Math.min(name.length(), MAX_NAME));
    }

    private String numbered(String name) {
        String end = "-" + ids.token().substring(0, 6);
        return name.substring(0, Math.min(name.length(), MAX_NAME - end.length())) + end;
    }

    /**
     * Creates the member of a directory outside; it has no token. Its directory replaces the role when the member signs in.
     *
     * @throws OperationException {@code TAKEN} if the name or the identity has a member
     */
    public Member register(Actor actor, ExternalIdentity identity, MemberChange wanted) {
        Member member = created(wanted, Optional.empty(), Optional.of(identity));
        editor.apply(draft(actor, "member.create", null, member).put(RecordMapper.of(new StoredMember(member, null))));
        return member;
    }

    /**
     * Creates a member with a token: a person, or a service account if there are scopes.
     *
     * @param tokenLife how long the token is valid, at most ten years; null for no expiry
     */
    public Issued create(Actor actor, MemberChange wanted, @Nullable Duration tokenLife) {
        String token = ids.token();
        Member member = created(wanted, expiry(tokenLife), Optional.empty());
        editor.apply(draft(actor, "member.create", null, member)
                .put(RecordMapper.of(new StoredMember(member, TokenHash.of(token)))));
        return new Issued(member, token);
    }

    private Member created(MemberChange wanted, Optional<Instant> tokenExpires, Optional<ExternalIdentity> identity) {
        return checked(
                new Member(
                        ids.next(),
                        Objects.requireNonNullElse(wanted.name(), ""),
                        ServiceAccountRules.role(wanted, identity),
                        Objects.requireNonNullElse(wanted.contacts(), List.of()),
                        tokenExpires,
                        clock.instant(),
                        1,
                        1,
                        1,
                        identity,
                        ServiceAccountRules.scopes(wanted, List.of())),
                "",
                List.of());
    }

    /** The member with that id; {@code NOT_FOUND} if there is none. */
    public Member get(String id) {
        return stored(id).member();
    }

    private StoredMember stored(String id) {
        return store.get(RecordMapper.MEMBER, id)
                .map(record -> RecordMapper.read(record, StoredMember.class))
                .orElseThrow(() -> OperationException.notFound("member"));
    }

    /** Members by age, oldest first. The limit is 1 to 1,000. */
    public Page<Member> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.MEMBER, null, cursor, limit), limit, Member.class);
    }

    /** Changes a member as {@link #edit(Actor, String, long, MemberChange, boolean)} does, unconfirmed. */
    public Member edit(Actor actor, String id, long version, MemberChange change) {
        return edit(actor, id, version, change, false);
    }

    /**
     * Changes a member. The last administrator with a token keeps the role; the role of a directory's member is the
     * directory's.
     *
     * @param version the version that the operator saw; a token rotation since does not count as a change
     * @param confirmed whether the operator accepts that nobody can approve some devices without this member
     */
    public Member edit(Actor actor, String id, long version, MemberChange change, boolean confirmed) {
        return edit(actor, id, confirmed, before -> {
            if (!before.isUnchangedSince(version)) {
                PolicyEditor.refuseStale("member", version, before.version());
            }
            return changed(before, change);
        });
    }

    private Member edit(Actor actor, String id, boolean confirmed, UnaryOperator<Member> change) {
        return oneAtATime(() -> editOne(actor, id, confirmed, change));
    }

    private Member editOne(Actor actor, String id, boolean confirmed, UnaryOperator<Member> change) {
        return editor.retrying(() -> stored(id), stored -> {
            Member before = stored.member();
            Member after = change.apply(before);
            PolicyEditor.Draft draft =
                    draft(actor, "member.edit", before, after).put(RecordMapper.of(stored.with(after)));
            if (before.role() != after.role()) {
                sessions.endAll(draft, id);
            }
            if (keepsSite(before) && !keepsSite(after)) {
                requireAnotherAdministrator(draft, before);
            }
            return new Edit<>(
                    withNotification(guarded(draft, actor, before, decides(after), confirmed), before, after), after);
        });
    }

    /** Whether the member can administrate whatever a directory outside says, and although it may be gone. */
    private static boolean keepsSite(Member member) {
        return member.role() == Role.ADMIN && member.external().isEmpty();
    }

    private Member changed(Member before, MemberChange change) {
        if (change.role() != null && change.role() != before.role()) {
            before.external().ifPresent(Members::refuseRole);
        }
        ServiceAccountRules.checkChange(before, change);
        Member after = before.with(
                Objects.requireNonNullElse(change.name(), before.name()),
                Objects.requireNonNullElse(change.role(), before.role()),
                Objects.requireNonNullElse(change.contacts(), before.contacts()),
                ServiceAccountRules.scopes(change, before.scopes()));
        return checked(after, before.name(), before.contacts());
    }

    private static void refuseRole(ExternalIdentity identity) {
        throw new OperationException(
                OperationException.Kind.CONFLICT,
                "the directory " + identity.directory() + " decides the role: change it there");
    }

    private PolicyEditor.Draft withNotification(PolicyEditor.Draft draft, Member before, Member after) {
        boolean more = !decides(before) || !before.contacts().containsAll(after.contacts());
        return decides(after) && more ? draft.approversMayHaveChanged() : draft;
    }

    /**
     * Changes to members are made one at a time on this node: concurrent ones would only conflict, and a removal or a token
     * rotation must not starve.
     */
    private <T> T oneAtATime(Supplier<T> change) {
        editing.lock();
        try {
            return change.get();
        } finally {
            editing.unlock();
        }
    }

    /** Adds a contact, unless the member has it. A member has at most 16 contacts of at most 2,048 characters. */
    public Member addContact(Actor actor, String id, String contact) {
        return changeContacts(actor, id, contacts -> contacts.add(contact));
    }

    /** Removes a contact, if the member has it. */
    public Member removeContact(Actor actor, String id, String contact) {
        return changeContacts(actor, id, contacts -> contacts.remove(contact));
    }

    private Member changeContacts(Actor actor, String id, Consumer<Set<String>> change) {
        Member found = get(id);
        if (contacts(found, change).equals(Set.copyOf(found.contacts()))) {
            return found;
        }
        return edit(
                actor,
                id,
                false,
                before -> changed(before, new MemberChange(null, null, List.copyOf(contacts(before, change)))));
    }

    private static Set<String> contacts(Member member, Consumer<Set<String>> change) {
        Set<String> contacts = new LinkedHashSet<>(member.contacts());
        change.accept(contacts);
        return contacts;
    }

    /** Removes a member as {@link #delete(Actor, String, boolean)} does, unconfirmed. */
    public void delete(Actor actor, String id) {
        delete(actor, id, false);
    }

    /**
     * Removes a member. The token, the passkeys and all sessions end, and the member's votes no longer count. The last administrator with a token cannot be
     * removed, because a directory outside may be gone some day.
     *
     * @param confirmed whether the operator accepts that nobody can approve some devices afterwards
     */
    public void delete(Actor actor, String id, boolean confirmed) {
        oneAtATime(() -> editor.retrying(() -> stored(id), stored -> {
            Member before = stored.member();
            PolicyEditor.Draft draft =
                    draft(actor, "member.delete", before, null).delete(RecordMapper.of(stored));
            PolicyCache.scanAll(store, RecordMapper.PASSKEY, StoredPasskey.memberTerm(id))
                    .forEach(draft::delete);
            sessions.endAll(draft, id);
            if (keepsSite(before)) {
                requireAnotherAdministrator(draft, before);
            }
            return new Edit<>(guarded(draft, actor, before, false, confirmed), before);
        }));
    }

    private PolicyEditor.Draft guarded(
            PolicyEditor.Draft draft, Actor actor, Member before, boolean decidesAfter, boolean confirmed) {
        return decides(before) && !decidesAfter
                ? guard.check(draft, actor, shared -> shared.withoutDecider(before.id()), confirmed)
                : draft;
    }

    /** Requires another administrator in the commit, so two who remove each other cannot both succeed. */
    private void requireAnotherAdministrator(PolicyEditor.Draft draft, Member leaving) {
        Member other = PolicyCache.scanAll(store, RecordMapper.MEMBER, null).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, Member.class).stream())
                .filter(member -> keepsSite(member) && !member.id().equals(leaving.id()))
                .findFirst()
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "the last administrator with a token cannot be removed"));
        draft.require(RecordMapper.MEMBER, other.id(), other.version());
    }

    /**
     * Replaces a member's token; the old one ends, and so do the member's sessions. {@code CONFLICT} for a member of a directory, who has none.
     *
     * @param tokenLife how long the new token is valid, at most ten years; null for no expiry. Members who are not
     *     administrators cannot extend the expiry of their own token
     */
    public Issued rotateToken(Actor actor, String id, @Nullable Duration tokenLife) {
        String token = ids.token();
        Member rotated = oneAtATime(() -> editor.retrying(() -> get(id), before -> {
            before.external().ifPresent(Members::refuseToken);
            Member after = before.withNewToken(renewed(actor, before, expiry(tokenLife)));
            StoredMember rotating = new StoredMember(after, TokenHash.of(token));
            PolicyEditor.Draft draft = draft(actor, "member.rotate-token", before, after)
                    .onlyFor(id)
                    .put(RecordMapper.of(rotating));
            sessions.endAll(draft, id);
            return new Edit<>(draft, after);
        }));
        return new Issued(rotated, token);
    }

    private static void refuseToken(ExternalIdentity identity) {
        throw new OperationException(
                OperationException.Kind.CONFLICT,
                "the member signs in by the directory " + identity.directory() + " and has no token");
    }

    /**
     * Creates the administrator of a new site. A crash before the caller has stored the token leaves an administrator with
     * an unknown token; {@link AdministratorTokenFile} avoids this, and for a token kept elsewhere
     * {@link #createFirstAdministrator(UnaryOperator)}.
     *
     * @return the token, which is not stored; empty if the site has a first administrator
     * @throws StoreException if the outcome stays unknown
     */
    public Optional<String> createFirstAdministrator() {
        return createFirstAdministrator(UnaryOperator.identity());
    }

    /**
     * Creates the administrator of a new site. The caller stores the token before the site knows it, so a crash at any
     * moment loses no token.
     *
     * @param keeper gets a new token if there is no administrator yet, stores it durably and returns it; or it returns the
     *     token that it stored in an earlier call with unknown outcome
     * @return that token; empty if the site has a first administrator. That may be one with the token of an earlier call
     *     with unknown outcome, which {@link #authenticate} shows
     * @throws StoreException if the outcome stays unknown
     */
    public Optional<String> createFirstAdministrator(UnaryOperator<String> keeper) {
        if (storedFirstAdministrator().isPresent()) {
            return Optional.empty();
        }
        String token = keeper.apply(ids.token());
        Member member = firstAdministrator(newFirstId(), RecordMapper.FIRST_ADMINISTRATOR_ID, 1);
        StoredMember stored = new StoredMember(member, TokenHash.of(token));
        try {
            firstWrites.run(() -> editor.apply(
                    draft(Actor.HOST, "member.create", null, member).put(RecordMapper.of(stored))));
            return Optional.of(token);
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.STALE || e.kind() == OperationException.Kind.TAKEN) {
                // Either another node was first, or an attempt with unknown outcome has written it.
                return storedFirstAdministrator()
                        .flatMap(record -> RecordMapper.readIfReadable(record, StoredMember.class))
                        .filter(found -> Objects.equals(found.tokenHash(), stored.tokenHash()))
                        .map(found -> token);
            }
            throw e;
        }
    }

    /**
     * Never reuses an id: edits that an old token began must not commit under the new token. A store that ever had members
     * has one, since the last administrator with a token cannot be removed.
     */
    private String newFirstId() {
        boolean isNew = store.scan(RecordMapper.MEMBER, null, null, 1).isEmpty();
        return isNew ? RecordMapper.FIRST_ADMINISTRATOR_ID : RecordMapper.FIRST_ADMINISTRATOR_ID + "-" + ids.next();
    }

    private Member firstAdministrator(String id, String name, long version) {
        return new Member(
                id,
                name,
                Role.ADMIN,
                List.of(),
                Optional.empty(),
                clock.instant(),
                version,
                version,
                version,
                Optional.empty(),
                List.of());
    }

    private Optional<PolicyRecord> storedFirstAdministrator() {
        return store.find(RecordMapper.MEMBER, RecordMapper.FIRST_ADMINISTRATOR)
                // Earlier releases stored it without the unique term.
                .or(() -> store.get(RecordMapper.MEMBER, RecordMapper.FIRST_ADMINISTRATOR_ID));
    }

    /**
     * Recovery for the owner of the host: replaces the token of the first administrator. The member becomes an administrator
     * again if the role was changed, and is created again, named by its id, if it was removed. The old token ends;
     * concurrent edits by its holder cannot prevent this.
     */
    public String replaceAdministratorToken() {
        String token = ids.token();
        oneAtATime(() -> editor.retrying(RECOVERY_ATTEMPTS, this::storedFirstAdministrator, stored -> {
            Optional<Member> found = stored.flatMap(record -> RecordMapper.readIfReadable(record, Member.class));
            Member after = found.map(Members::recovered).orElseGet(() -> recreated(stored));
            String action = found.isPresent() ? "member.rotate-token" : "member.create";
            PolicyEditor.Draft draft = draft(Actor.HOST, action, found.orElse(null), after)
                    .put(RecordMapper.of(new StoredMember(after, TokenHash.of(token))));
            sessions.endAll(draft, after.id());
            return new Edit<>(found.isPresent() ? withNotification(draft, found.get(), after) : draft, after);
        }));
        return token;
    }

    /** Replaces an unreadable record, or none. */
    private Member recreated(Optional<PolicyRecord> unreadable) {
        String id = unreadable.map(PolicyRecord::id).orElseGet(this::newFirstId);
        return firstAdministrator(id, id, unreadable.map(PolicyRecord::version).orElse(0L) + 1);
    }

    private static Member recovered(Member before) {
        long version = before.version() + 1;
        return new Member(
                before.id(),
                before.name(),
                Role.ADMIN,
                before.contacts(),
                Optional.empty(),
                before.created(),
                version,
                before.role() == Role.ADMIN ? before.edited() : version,
                version,
                Optional.empty(),
                List.of());
    }

    private static Optional<Instant> renewed(Actor actor, Member before, Optional<Instant> wanted) {
        Optional<Instant> old = before.tokenExpires();
        boolean bound = actor.id().equals(before.id()) && before.role() != Role.ADMIN && old.isPresent();
        return bound && wanted.filter(end -> end.isBefore(old.get())).isEmpty() ? old : wanted;
    }

    private Optional<Instant> expiry(@Nullable Duration life) {
        if (life == null) {
            return Optional.empty();
        }
        if (life.isNegative() || life.isZero() || life.compareTo(Duration.ofDays(3660)) > 0) {
            throw new OperationException(
                    OperationException.Kind.INVALID, "a token must last more than zero and at most ten years");
        }
        return Optional.of(clock.instant().plusMillis(life.toMillis()));
    }

    /** @param known contacts that the member had before; they stay valid even if no notifier serves them now */
    private Member checked(Member member, String nameBefore, List<String> known) {
        List<String> problems = new ArrayList<>();
        ServiceAccountRules.checkContacts(member, problems);
        Validation.checkName(nameBefore, member.name(), problems);
        if (member.contacts().size() > MAX_CONTACTS
                || member.contacts().stream().anyMatch(contact -> contact.length() > MAX_CONTACT)) {
            problems.add("at most " + MAX_CONTACTS + " contacts of at most " + MAX_CONTACT + " characters");
        }
        member.contacts().stream()
                .filter(contact -> !known.contains(contact))
                .forEach(contact -> contacts.problem(contact).ifPresent(problems::add));
        Validation.refuse(problems);
        return member;
    }

    private PolicyEditor.Draft draft(Actor actor, String action, @Nullable Member before, @Nullable Member after) {
        String id = Objects.requireNonNull(after == null ? before : after).id();
        NumberedContacts shown = new NumberedContacts();
        PolicyEditor.Draft draft = editor.draft(
                actor, action, RecordMapper.MEMBER, id, MemberAudit.of(before, shown), MemberAudit.of(after, shown));
        // Only a change of who may decide affects shared policy; a token rotation must not make every node reload it.
        return Objects.equals(decider(before), decider(after)) ? draft : draft.bumpEpoch();
    }

    /** What shared policy holds of a member: the name if the member may decide, else nothing. */
    private static @Nullable String decider(@Nullable Member member) {
        return member != null && decides(member) ? member.name() : null;
    }

    private static boolean decides(@Nullable Member member) {
        return member != null && member.role().decides();
    }

    /** The audit form of a member. Every viewer may read it, so it has neither the token's hash nor whole contacts. */
    private record MemberAudit(
            String name,
            Role role,
            List<String> contacts,
            Optional<Instant> tokenExpires,
            Optional<ExternalIdentity> external,
            List<Scope> scopes,
            long version) {
        static @Nullable MemberAudit of(@Nullable Member member, NumberedContacts shown) {
            return member == null
                    ? null
                    : new MemberAudit(
                            member.name(),
                            member.role(),
                            member.contacts().stream().map(shown::show).toList(),
                            member.tokenExpires(),
                            member.external(),
                            member.scopes(),
                            member.version());
        }
    }
}
