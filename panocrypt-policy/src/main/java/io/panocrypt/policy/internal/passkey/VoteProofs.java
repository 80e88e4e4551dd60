package io.panocrypt.policy.internal.passkey;

import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.SignedStatement;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.RelyingParty;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Counts the approvals of a request that must be signed. Reads one passkey for each vote, and verifies two signatures; so it
 * is asked only when such an approval could be collected. Thread-safe.
 */
public final class VoteProofs {
    private final PasskeyDirectory directory;
    private final Optional<RelyingParty> party;
    private final ProofCheck check;

    /**
     * @param site the site's key
     * @param party empty if passkeys are not configured: then no vote counts
     */
    public VoteProofs(PasskeyDirectory directory, PublicJwk site, Optional<RelyingParty> party) {
        this.directory = directory;
        this.party = party;
        this.check = new ProofCheck(site.kid());
    }

    /**
     * The members whose approvals are signed, by a passkey that they have now.
     *
     * @param now after the last moment until which one of these statements lets it be collected, nobody's counts: whoever
     *     can write to the store must not prolong an approval
     */
    public Set<String> approvals(ApprovalRequest request, Instant now) {
        Set<String> members = new HashSet<>();
        Instant end = Instant.MIN;
        for (Vote vote : request.votes()) {
            Optional<ProofCheck.Proven> signed = vote.verdict() == Verdict.APPROVE
                    ? check.check(request, vote).proven().filter(found -> isKnown(vote.memberId(), found))
                    : Optional.empty();
            if (signed.isPresent()) {
                members.add(vote.memberId());
                Instant last = signed.get().statement().windowEnd();
                end = last.isAfter(end) ? last : end;
            }
        }
        return now.isBefore(end) ? members : Set.of();
    }

    /** Why the vote's proof proves nothing; empty if it counts. */
    public Optional<String> problem(ApprovalRequest request, Vote vote) {
        ProofCheck.Result result = check.check(request, vote);
        if (result.proven().isEmpty()) {
            return Optional.of(result.problem());
        }
        return isKnown(vote.memberId(), result.proven().get())
                ? Optional.empty()
                : Optional.of("the passkey is none of this member's on this site");
    }

    private boolean isKnown(String memberId, ProofCheck.Proven found) {
        SignedStatement proof = found.proof();
        boolean ours = party.filter(mine -> mine.id().equals(proof.rpId())
                        && mine.origins().contains(found.statement().origin()))
                .isPresent();
        return ours
                && directory
                        .byCredential(proof.credentialId())
                        .map(PasskeyDirectory.Found::passkey)
                        .filter(passkey -> isSame(passkey, memberId, proof))
                        .isPresent();
    }

    private static boolean isSame(Passkey passkey, String memberId, SignedStatement proof) {
        return passkey.memberId().equals(memberId)
                && passkey.publicKey().equals(proof.publicKey())
                && passkey.algorithm() == proof.algorithm()
                && passkey.rpId().equals(proof.rpId())
                && passkey.aaguid().equals(proof.aaguid());
    }
}
