package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.SignedStatement;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the key in a vote's proof has signed that vote on that request. Whose key it is, others must know. Thread-safe,
 * and needs neither store nor configuration, so that it serves at the vote, at collection and offline.
 */
public final class ProofCheck {
    private final String site;

    /** @param site the thumbprint of the site's key */
    public ProofCheck(String site) {
        this.site = site;
    }

    /** The statement of a proof whose signature is verified. */
    public record Proven(SignedStatement proof, ApprovalStatement statement) {}

    /** A result: the statement, or why it proves nothing. */
    public record Result(Optional<Proven> proven, String problem) {
        static Result failed(String problem) {
            return new Result(Optional.empty(), problem);
        }
    }

    public Result check(ApprovalRequest request, Vote vote) {
        if (vote.proof().isEmpty()) {
            return Result.failed("the vote has no proof");
        }
        SignedStatement proof = vote.proof().get();
        Optional<ApprovalStatement> parsed = ApprovalStatement.parse(proof.statement());
        if (parsed.isEmpty()) {
            return Result.failed("the signed statement cannot be read");
        }
        ApprovalStatement statement = parsed.get();
        if (!matches(statement, request, vote)) {
            return Result.failed("the signed statement is about another vote");
        }
        return PasskeyVerifier.problem(
                        assertion(proof),
                        ApprovalStatement.challenge(proof.statement()),
                        proof.rpId(),
                        Set.of(statement.origin()),
                        proof.algorithm(),
                        proof.publicKey())
                .map(Result::failed)
                .orElseGet(() -> new Result(Optional.of(new Proven(proof, statement)), ""));
    }

    private boolean matches(ApprovalStatement statement, ApprovalRequest request, Vote vote) {
        return vote.verdict() == Verdict.APPROVE
                && statement.site().equals(site)
                && statement.requests().stream().anyMatch(asked -> asked.is(request))
                && statement.deviceId().equals(request.deviceId())
                && statement.memberId().equals(vote.memberId())
                && statement.commentHash().equals(ApprovalStatement.hash(vote.comment()))
                && vote.time().isBefore(statement.expires());
    }

    private static PasskeyAssertion assertion(SignedStatement proof) {
        return new PasskeyAssertion(
                proof.credentialId(), proof.authenticatorData(), proof.clientDataJson(), proof.signature(), null);
    }
}
