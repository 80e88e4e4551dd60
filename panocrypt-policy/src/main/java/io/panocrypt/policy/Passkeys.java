package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.passkey.Base64Url;
import io.panocrypt.policy.internal.passkey.Challenges;
import io.panocrypt.policy.internal.passkey.PasskeyDirectory;
import io.panocrypt.policy.internal.passkey.PasskeyVerifier;
import io.panocrypt.policy.internal.passkey.StoredChallenge.Purpose;
import io.panocrypt.policy.internal.passkey.StoredPasskey;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.PasskeyChallenge;
import io.panocrypt.policy.model.passkey.PasskeyRegistration;
import io.panocrypt.policy.model.passkey.RelyingParty;
import io.panocrypt.policy.spi.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Manages the passkeys of members, and signs members in by them. Thread-safe; throws as {@link Devices} does, and {@code
 * CONFLICT} while {@link Panocrypt.Builder#relyingParty no relying party} is configured.
 *
 * <p>Challenges are stored, so any node on the store takes what another one has issued. Each is used once, within 5 minutes.
 * The caller limits how often strangers get one.
 */
public final class Passkeys {
    /** How long a one-time link for a first passkey lasts. */
    public static final Duration LINK_LIFE = Duration.ofHours(1);

    private static final int MAX_LABEL = 63;

    /** How often a sign-in is repeated because the passkey is being used elsewhere. */
    private static final int ATTEMPTS = 5;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Challenges challenges;
    private final PasskeyDirectory directory;
    private final Optional<RelyingParty> party;
    private final UnaryOperator<String> siteSigner;

    /** @param siteSigner signs a text with the site's key */
    Passkeys(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            Challenges challenges,
            PasskeyDirectory directory,
            Optional<RelyingParty> party,
            UnaryOperator<String> siteSigner) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.challenges = challenges;
        this.directory = directory;
        this.party = party;
        this.siteSigner = siteSigner;
    }

    /**
     * A one-time link for a member's first passkey.
     *
     * @param secret 32 random bytes in base64url, returned only here; the store has its hash
     * @param expires when it ends
     */
    public record Link(String memberId, String secret, Instant expires) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Link[" + memberId + ", " + expires + "]";
        }
    }

    /** For whom passkeys are made; empty if passkeys are not configured. */
    public Optional<RelyingParty> relyingParty() {
        return party;
    }

    private RelyingParty party() {
        return party.orElseThrow(() ->
                new OperationException(OperationException.Kind.CONFLICT, "passkeys are not configured on this server"));
    }

    /** The member's passkeys, oldest first; at most {@value StoredPasskey#MAX}. */
    public List<Passkey> list(String memberId) {
        return directory.ofMember(memberId).stream()
                .map(PasskeyDirectory.Found::passkey)
                .toList();
    }

    /** A challenge for {@link #register(Member, String, PasskeyRegistration)}. */
    public PasskeyChallenge registrationChallenge(Member member) {
        party();
        refuseServiceAccount(member);
        return challenges.issue(Purpose.REGISTRATION, member.id());
    }

    /** A challenge for {@link #registerByLink}; empty if the link is unknown, used or expired. */
    public Optional<PasskeyChallenge> registrationChallenge(String linkSecret) {
        party();
        return challenges
                .find(linkSecret, Purpose.LINK)
                .map(link ->
                        challenges.issue(Purpose.REGISTRATION, link.challenge().memberId()));
    }

    /**
     * Registers a passkey of a member who has signed in.
     *
     * @param label a name for it, 1 to 63 characters
     * @throws OperationException {@code INVALID} if the registration does not verify, {@code TAKEN} if the credential is
     *     registered, {@code CONFLICT} if the member has {@value StoredPasskey#MAX} passkeys
     */
    public Passkey register(Member member, String label, PasskeyRegistration registration) {
        refuseServiceAccount(member);
        return register(Actor.of(member), member.id(), label, registration, Optional.empty());
    }

    /**
     * Registers the first passkey of the member whom a one-time link names, which ends the link; as {@link #register} else.
     * The audit names {@code host}, who made the link.
     */
    public Passkey registerByLink(String linkSecret, String label, PasskeyRegistration registration) {
        Challenges.Found link = challenges
                .find(linkSecret, Purpose.LINK)
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.FORBIDDEN, "the link is unknown, used or expired"));
        String memberId = String.valueOf(link.challenge().memberId());
        return register(Actor.HOST, memberId, label, registration, Optional.of(link));
    }

    private Passkey register(
            Actor actor,
            String memberId,
            String label,
            PasskeyRegistration registration,
            Optional<Challenges.Found> link) {
        RelyingParty mine = party();
        String name = checked(label);
        return editor.retrying(() -> challenge(registration.clientDataJson(), memberId), challenge -> {
            PasskeyVerifier.Credential credential = PasskeyVerifier.verify(
                    registration,
                    PasskeyVerifier.challengeIn(registration.clientDataJson()).orElseThrow(),
                    mine);
            Passkey passkey = new Passkey(
                    ids.next(),
                    memberId,
                    name,
                    registration.credentialId(),
                    registration.publicKey(),
                    registration.algorithm(),
                    credential.aaguid(),
                    mine.id(),
                    clock.instant(),
                    actor.id(),
                    credential.counter(),
                    Optional.empty(),
                    1);
            StoredPasskey stored = new StoredPasskey(passkey, siteSigner.apply(StoredPasskey.statement(passkey)));
            Member member = member(memberId).orElseThrow(() -> OperationException.notFound("member"));
            PolicyEditor.Draft draft = editor.draft(
                            actor, "passkey.register", RecordMapper.PASSKEY, passkey.id(), null, passkey)
                    .require(RecordMapper.MEMBER, member.id(), member.version())
                    .put(stored.record(freeSlot(memberId)))
                    .delete(challenge.record());
            link.ifPresent(used -> draft.delete(current(used).record()));
            return new Edit<>(draft, passkey);
        });
    }

    private Challenges.Found challenge(String clientDataJson, String memberId) {
        return PasskeyVerifier.challengeIn(clientDataJson)
                .flatMap(text -> challenges.find(text, Purpose.REGISTRATION))
                .filter(found -> found.isFor(memberId))
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.INVALID, "the challenge is unknown, used or expired: try again"));
    }

    /** A link that was used meanwhile would be a conflict again and again. */
    private Challenges.Found current(Challenges.Found link) {
        if (store.get(link.record().kind(), link.record().id()).isEmpty()) {
            throw new OperationException(OperationException.Kind.FORBIDDEN, "the link is unknown, used or expired");
        }
        return link;
    }

    private int freeSlot(String memberId) {
        Set<String> taken = directory.recordsOf(memberId).stream()
                .flatMap(record -> record.uniqueTerms().stream())
                .collect(Collectors.toSet());
        return IntStream.range(0, StoredPasskey.MAX)
                .filter(slot -> !taken.contains(StoredPasskey.slotTerm(memberId, slot)))
                .findFirst()
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "a member has at most " + StoredPasskey.MAX + " passkeys"));
    }

    private static String checked(String label) {
        String name = label.strip();
        if (name.isEmpty() || name.length() > MAX_LABEL || name.chars().anyMatch(Character::isISOControl)) {
            throw new OperationException(
                    OperationException.Kind.INVALID, "a label has 1 to " + MAX_LABEL + " characters, on one line");
        }
        return name;
    }

    private static void refuseServiceAccount(Member member) {
        if (member.role() == Role.SERVICE) {
            throw new OperationException(OperationException.Kind.FORBIDDEN, "a service account has no passkeys");
        }
    }

    private Optional<Member> member(String id) {
        return store.get(RecordMapper.MEMBER, id).map(record -> RecordMapper.read(record, Member.class));
    }

    /**
     * Removes a passkey; members remove their own, administrators and the host any. What it has signed no longer counts for
     * approvals that are not yet collected.
     *
     * @return what was removed
     */
    public Passkey remove(Actor actor, String passkeyId) {
        return editor.retrying(
                () -> directory.byId(passkeyId).orElseThrow(() -> OperationException.notFound("passkey")), found -> {
                    Passkey passkey = found.passkey();
                    if (actor.member()
                            .filter(who -> who.role() != Role.ADMIN && !who.id().equals(passkey.memberId()))
                            .isPresent()) {
                        throw new OperationException(
                                OperationException.Kind.FORBIDDEN, "only an administrator removes others' passkeys");
                    }
                    PolicyEditor.Draft draft = editor.draft(
                                    actor, "passkey.remove", RecordMapper.PASSKEY, passkey.id(), passkey, null)
                            .delete(found.record())
                            .bumpEpoch();
                    return new Edit<>(draft, passkey);
                });
    }

    /**
     * Makes a one-time link for a member's first passkey, or for one more after all are lost; for a person with a shell on
     * the host. It lasts {@link #LINK_LIFE}, and the first passkey that it registers ends it.
     */
    public Link link(String memberId) {
        party();
        String secret = challenges.random();
        Instant expires = clock.instant().plus(LINK_LIFE);
        editor.retrying(() -> member(memberId).orElseThrow(() -> OperationException.notFound("member")), member -> {
            refuseServiceAccount(member);
            PolicyEditor.Draft draft = editor.draft(
                            Actor.HOST, "passkey.link", RecordMapper.MEMBER, memberId, null, null)
                    .require(RecordMapper.MEMBER, memberId, member.version())
                    .put(challenges.link(secret, memberId, expires));
            return new Edit<>(draft, member);
        });
        return new Link(memberId, secret, expires);
    }

    /** A challenge for {@link #authenticate}, for anybody. */
    public PasskeyChallenge signInChallenge() {
        party();
        return challenges.issue(Purpose.SIGN_IN, null);
    }

    /**
     * The member whose passkey has signed a challenge of {@link #signInChallenge}; empty if anything is wrong with it. The
     * passkey must be discoverable, so that the browser names the member. The result is an {@link Actor#of(Member) actor};
     * that the member's token has expired does not end it, a new token does.
     */
    public Optional<Member> authenticate(PasskeyAssertion assertion) {
        RelyingParty mine = party();
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<Challenges.Found> challenge = PasskeyVerifier.challengeIn(assertion.clientDataJson())
                    .flatMap(text -> challenges.find(text, Purpose.SIGN_IN));
            Optional<PasskeyDirectory.Found> passkey =
                    directory.byCredential(assertion.credentialId()).filter(found -> isOf(found.passkey(), assertion));
            if (challenge.isEmpty()
                    || passkey.isEmpty()
                    || !signs(mine, passkey.get().passkey(), assertion)) {
                return Optional.empty();
            }
            Optional<Member> member = member(passkey.get().passkey().memberId());
            if (member.filter(found -> found.role() != Role.SERVICE).isEmpty()
                    || challenges.use(
                            challenge.get(), passkey.get().used(clock.instant(), PasskeyVerifier.counter(assertion)))) {
                return member.filter(found -> found.role() != Role.SERVICE).map(Member::withoutTokenExpiry);
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(Passkey passkey, PasskeyAssertion assertion) {
        return Base64Url.encode(passkey.memberId().getBytes(StandardCharsets.UTF_8))
                .equals(assertion.userHandle());
    }

    private static boolean signs(RelyingParty party, Passkey passkey, PasskeyAssertion assertion) {
        return passkey.rpId().equals(party.id())
                && PasskeyVerifier.problem(
                                assertion,
                                PasskeyVerifier.challengeIn(assertion.clientDataJson())
                                        .orElseThrow(),
                                party.id(),
                                party.origins(),
                                passkey.algorithm(),
                                passkey.publicKey())
                        .isEmpty();
    }
}
