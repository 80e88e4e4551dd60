package io.panocrypt.policy;

import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who operates the service. Thread-safe; throws as {@link Devices} does. */
public final class Members {
    /** One identifier for whoever makes the first administrator, so that the store lets only one of them. */
    private static final String FIRST_ADMINISTRATOR = "administrator";

    private static final int MOST_CONTACTS = 16;
    /** How often a change of one contact is tried again when another edit was faster. */
    private static final int CONTACT_ATTEMPTS = 5;

    /** Push services give endpoints of more than a thousand characters. */
    private static final int MOST_CONTACT = 2_048;

    private final Editor editor;
    private final Contacts contacts;

    Members(Editor editor, Contacts contacts) {
        this.editor = editor;
        this.contacts = contacts;
    }

    /**
     * A member and a token that was just made.
     *
     * @param token told once: it is not stored
     */
    public record Issued(Member member, String token) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Issued[" + member + "]";
        }
    }

    /** The member who bears that token, if it has not expired. */
    public Optional<Member> authenticate(String token) {
        return editor.store()
                .find(Records.MEMBER, Records.tokenTerm(TokenHash.of(token)))
                .map(found -> Records.read(found, Member.class))
                .filter(member -> member.tokenExpires()
                        .filter(end -> !editor.now().isBefore(end))
                        .isEmpty());
    }

    /**
     * Makes a member.
     *
     * @param tokenLife how long the token lasts; null for ever
     */
    public Issued create(Actor actor, MemberChange wanted, @Nullable Duration tokenLife) {
        String token = editor.ids().token();
        Member made = checked(
                new Member(
                        editor.ids().next(),
                        Objects.requireNonNullElse(wanted.name(), ""),
                        Objects.requireNonNullElse(wanted.role(), Role.VIEWER),
                        Objects.requireNonNullElse(wanted.contacts(), List.of()),
                        TokenHash.of(token),
                        expiry(tokenLife),
                        editor.now(),
                        1),
                "",
                List.of());
        editor.apply(draft(actor, "member.create", null, made).put(Records.of(made)));
        return new Issued(made, token);
    }

    /** The member with that id. */
    public Member get(String id) {
        return editor.store()
                .get(Records.MEMBER, id)
                .map(found -> Records.read(found, Member.class))
                .orElseThrow(() -> OperationException.notFound("member"));
    }

    /** Members by age, oldest first. */
    public Page<Member> list(@Nullable String cursor, int limit) {
        Pages.check(limit);
        return Pages.of(editor.store().scan(Records.MEMBER, null, cursor, limit), limit, Member.class);
    }

    /** Changes a member; the last administrator keeps the role. */
    public Member edit(Actor actor, String id, long version, MemberChange change) {
        Member before = get(id);
        Editor.refuseStale("member", version, before.version());
        Member after = checked(
                new Member(
                        id,
                        Objects.requireNonNullElse(change.name(), before.name()),
                        Objects.requireNonNullElse(change.role(), before.role()),
                        Objects.requireNonNullElse(change.contacts(), before.contacts()),
                        before.tokenHash(),
                        before.tokenExpires(),
                        before.created(),
                        version + 1),
                before.name(),
                before.contacts());
        Editor.Draft draft = draft(actor, "member.edit", before, after).put(Records.of(after));
        if (before.role() == Role.ADMIN && after.role() != Role.ADMIN) {
            requireAnotherAdministrator(draft, before);
        }
        if (decides(after) && !(decides(before) && before.contacts().containsAll(after.contacts()))) {
            draft.tell(editor.events().approversMayHaveChanged());
        }
        editor.apply(draft);
        return after;
    }

    /** Adds a contact to a member's, unless it is among them. */
    public Member addContact(Actor actor, String id, String contact) {
        return changeContacts(actor, id, contacts -> contacts.add(contact));
    }

    /** Takes a contact from a member's, if it is among them. */
    public Member removeContact(Actor actor, String id, String contact) {
        return changeContacts(actor, id, contacts -> contacts.remove(contact));
    }

    private Member changeContacts(Actor actor, String id, Consumer<Set<String>> change) {
        for (int left = CONTACT_ATTEMPTS; ; left--) {
            Member before = get(id);
            Set<String> changed = new LinkedHashSet<>(before.contacts());
            change.accept(changed);
            if (List.copyOf(changed).equals(before.contacts())) {
                return before;
            }
            try {
                return edit(actor, id, before.version(), new MemberChange(null, null, List.copyOf(changed)));
            } catch (OperationException e) {
                if (e.kind() != OperationException.Kind.STALE || left == 0) {
                    throw e;
                }
            }
        }
    }

    /** Removes a member, whose token ends and whose votes no longer count; the last administrator stays. */
    public void delete(Actor actor, String id) {
        editor.retrying(() -> get(id), before -> {
            Editor.Draft draft = draft(actor, "member.delete", before, null).delete(Records.of(before));
            if (before.role() == Role.ADMIN) {
                requireAnotherAdministrator(draft, before);
            }
            return draft;
        });
    }

    /** Two administrators who remove each other at once must not both succeed: the other one must still be there. */
    private void requireAnotherAdministrator(Editor.Draft draft, Member leaving) {
        Member other = PolicyCache.scanAll(editor.store(), Records.MEMBER, null).stream()
                .flatMap(found -> Records.readIfReadable(found, Member.class).stream())
                .filter(member -> member.role() == Role.ADMIN && !member.id().equals(leaving.id()))
                .findFirst()
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "the last administrator cannot be removed"));
        draft.require(Records.MEMBER, other.id(), other.version());
    }

    /**
     * Gives a member a fresh token; the old one ends.
     *
     * @param tokenLife how long it lasts; null for ever. Whoever is no administrator and rotates their own token does not
     *     outlive the end of the old one
     */
    public Issued rotateToken(Actor actor, String id, @Nullable Duration tokenLife) {
        String token = editor.ids().token();
        Member[] result = new Member[1];
        editor.retrying(() -> get(id), before -> {
            Member after = new Member(
                    id,
                    before.name(),
                    before.role(),
                    before.contacts(),
                    TokenHash.of(token),
                    renewed(actor, before, expiry(tokenLife)),
                    before.created(),
                    before.version() + 1);
            result[0] = after;
            return draft(actor, "member.rotate-token", before, after).put(Records.of(after));
        });
        return new Issued(result[0], token);
    }

    /**
     * Makes the administrator of a new site.
     *
     * @return the token, which is not stored; empty when the site has an administrator
     */
    public Optional<String> createFirstAdministrator() {
        String token = editor.ids().token();
        Member made = new Member(
                FIRST_ADMINISTRATOR,
                FIRST_ADMINISTRATOR,
                Role.ADMIN,
                List.of(),
                TokenHash.of(token),
                Optional.empty(),
                editor.now(),
                1);
        try {
            editor.apply(draft(Actor.HOST, "member.create", null, made).put(Records.of(made)));
            return Optional.of(token);
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.STALE || e.kind() == OperationException.Kind.TAKEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Recovery by whoever holds the store: a fresh token for the administrator of the first start, who is made again if
     * somebody has removed them.
     */
    public String replaceAdministratorToken() {
        return createFirstAdministrator().orElseGet(() -> {
            Member first = get(FIRST_ADMINISTRATOR);
            if (first.role() != Role.ADMIN) {
                edit(Actor.HOST, first.id(), first.version(), new MemberChange(null, Role.ADMIN, null));
            }
            return rotateToken(Actor.HOST, first.id(), null).token();
        });
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
                    OperationException.Kind.INVALID, "a token lasts more than nothing and at most ten years");
        }
        return Optional.of(editor.now().plusMillis(life.toMillis()));
    }

    /** @param known contacts that it had before: they stay, whether or not somebody serves them now */
    private Member checked(Member member, String nameBefore, List<String> known) {
        List<String> problems = new ArrayList<>();
        DeviceRules.checkName(nameBefore, member.name(), problems);
        if (member.contacts().size() > MOST_CONTACTS
                || member.contacts().stream().anyMatch(contact -> contact.length() > MOST_CONTACT)) {
            problems.add("at most " + MOST_CONTACTS + " contacts of at most " + MOST_CONTACT + " characters");
        }
        member.contacts().stream()
                .filter(contact -> !known.contains(contact))
                .forEach(contact -> contacts.problem(contact).ifPresent(problems::add));
        DeviceRules.refuse(problems);
        return member;
    }

    private Editor.Draft draft(Actor actor, String action, @Nullable Member before, @Nullable Member after) {
        String id = Objects.requireNonNull(after == null ? before : after).id();
        Contacts.Numbered shown = new Contacts.Numbered();
        Editor.Draft draft = editor.draft(
                actor, action, Records.MEMBER, id, MemberAudit.of(before, shown), MemberAudit.of(after, shown));
        // Who may decide is shared policy; a member who rotates a token makes no node read it again.
        return decides(before) == decides(after) ? draft : draft.bumpEpoch();
    }

    private static boolean decides(@Nullable Member member) {
        return member != null && member.role() != Role.VIEWER;
    }

    /** What the audit keeps of a member, which every viewer may read: neither the token's hash nor whole contacts. */
    private record MemberAudit(
            String name, Role role, List<String> contacts, Optional<Instant> tokenExpires, long version) {
        static @Nullable MemberAudit of(@Nullable Member member, Contacts.Numbered shown) {
            return member == null
                    ? null
                    : new MemberAudit(
                            member.name(),
                            member.role(),
                            member.contacts().stream().map(shown::show).toList(),
                            member.tokenExpires(),
                            member.version());
        }
    }
}
