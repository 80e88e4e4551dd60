package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.internal.passkey.StoredChallenge.Purpose;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.SignedStatement;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.RelyingParty;
import io.panocrypt.policy.model.passkey.StatementToSign;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Makes the statements that approvers sign, and takes each back once. Thread-safe. */
public final class ApprovalSigning {
    private final InstantSource clock;
    private final Challenges challenges;
    private final PasskeyDirectory directory;
    private final Optional<RelyingParty> party;
    private final String site;
    private final Duration window;

    /**
     * @param site the thumbprint of the site's key
     * @param window how long an approval can be collected
     */
    public ApprovalSigning(
            InstantSource clock,
            Challenges challenges,
            PasskeyDirectory directory,
            Optional<RelyingParty> party,
            String site,
            Duration window) {
        this.clock = clock;
        this.challenges = challenges;
        this.directory = directory;
        this.party = party;
        this.site = site;
        this.window = window;
    }

    /**
     * A statement that came back signed. Its signature is not verified yet.
     *
     * @param nonce to be deleted in the commit of the vote, so that it counts once
     */
    public record Returned(
            SignedStatement proof, PolicyRecord nonce, PasskeyDirectory.Found passkey, PasskeyAssertion assertion) {
        /** The passkey's record to be written in that commit, once the signature is verified. */
        public PolicyRecord used(Instant now) {
            return passkey.used(now, PasskeyVerifier.counter(assertion));
        }
    }

    /** Makes a statement about an approval of these requests of a device, which the voter may give. */
    public StatementToSign statement(
            Member voter, Device device, List<ApprovalRequest> requests, String comment, String origin) {
        if (party.filter(mine -> mine.origins().contains(origin)).isEmpty()) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT, "passkeys are not configured for pages of this origin");
        }
        Instant expires = clock.instant().plus(Challenges.LIFE);
        ApprovalStatement statement = new ApprovalStatement(
                site,
                origin,
                requests.stream()
                        .map(one -> ApprovalStatement.Asked.of(one, one.usesOr(device.volumes())))
                        .toList(),
                device.id(),
                device.name(),
                expires.plus(window),
                voter.id(),
                ApprovalStatement.hash(comment),
                challenges.nonce(),
                expires);
        String text = statement.text();
        String challenge = ApprovalStatement.challenge(text);
        challenges.keep(challenge, Purpose.APPROVAL, voter.id(), expires, shown(requests), text);
        return new StatementToSign(text, challenge, expires);
    }

    /** What the approver was shown of the requests; that their hosts go on asking changes none of it. */
    private static List<String> shown(List<ApprovalRequest> requests) {
        return requests.stream()
                .map(one -> Digest.hex(Json.text(List.of(
                        one.id(),
                        one.state(),
                        one.votes(),
                        one.grantId(),
                        one.windowEnd(),
                        one.collected(),
                        one.uses()))))
                .sorted()
                .toList();
    }

    /**
     * Finds the statement that an assertion signs.
     *
     * @throws OperationException {@code INVALID} if there is none for this voter, or the passkey is another member's; {@code
     *     STALE} if the requests are no longer as they were shown, or others
     */
    public Returned take(Member voter, List<ApprovalRequest> requests, PasskeyAssertion assertion) {
        Challenges.Found found = PasskeyVerifier.challengeIn(assertion.clientDataJson())
                .flatMap(text -> challenges.find(text, Purpose.APPROVAL))
                .filter(one -> one.isFor(voter.id()))
                .orElseThrow(() -> invalid("the signed statement is unknown, used or expired: sign it again"));
        if (!found.challenge().shown().equals(shown(requests))) {
            throw new OperationException(
                    OperationException.Kind.STALE,
                    "the request has changed since its statement was shown: sign it again");
        }
        PasskeyDirectory.Found passkey = directory
                .byCredential(assertion.credentialId())
                .filter(one -> one.passkey().memberId().equals(voter.id()))
                .orElseThrow(() -> invalid("it is no passkey of this member"));
        return new Returned(
                proof(String.valueOf(found.challenge().text()), passkey.passkey(), assertion),
                found.record(),
                passkey,
                assertion);
    }

    private static SignedStatement proof(String statement, Passkey passkey, PasskeyAssertion assertion) {
        return new SignedStatement(
                statement,
                passkey.credentialId(),
                assertion.authenticatorData(),
                assertion.clientDataJson(),
                assertion.signature(),
                passkey.algorithm(),
                passkey.publicKey(),
                passkey.rpId(),
                passkey.aaguid());
    }

    private static OperationException invalid(String problem) {
        return new OperationException(OperationException.Kind.INVALID, problem);
    }
}
