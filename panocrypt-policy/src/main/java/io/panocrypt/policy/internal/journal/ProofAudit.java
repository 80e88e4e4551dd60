package io.panocrypt.policy.internal.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.internal.passkey.ProofCheck;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.SignedStatement;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.history.Verification.Break;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signed votes of a journal: the signature, that it is about the vote of its entry, and that its passkey was
 * registered before and not removed. Needs nothing but the entries. Keeps about 200 bytes for each passkey and signed vote.
 * Not thread-safe.
 */
final class ProofAudit {
    private static final String APPROVE = "\"action\":\"request.approve\"";
    private static final String PROOF = "\"proof\":";
    private static final String REGISTER = "\"action\":\"passkey.register\"";
    private static final String REMOVE = "\"action\":\"passkey.remove\"";
    private static final String DELETE_MEMBER = "\"action\":\"member.delete\"";

    private final ProofCheck check;
    private final Map<Key, List<String>> registered = new HashMap<>();
    private final Map<String, Place> begun = new HashMap<>();
    private final Map<String, Place> removed = new HashMap<>();
    private final Map<String, Place> membersRemoved = new HashMap<>();
    private final List<SignedVote> votes = new ArrayList<>();
    private final List<Break> problems = new ArrayList<>();

    /** @param site the thumbprint of the site's key */
    ProofAudit(String site) {
        this.check = new ProofCheck(site);
    }

    /** What a proof and a passkey must have in common. */
    private record Key(
            String memberId, String credentialId, String publicKey, int algorithm, String rpId, String aaguid) {
        static Key of(Passkey passkey) {
            return new Key(
                    passkey.memberId(),
                    passkey.credentialId(),
                    passkey.publicKey(),
                    passkey.algorithm(),
                    passkey.rpId(),
                    passkey.aaguid());
        }

        static Key of(String memberId, SignedStatement proof) {
            return new Key(
                    memberId, proof.credentialId(), proof.publicKey(), proof.algorithm(), proof.rpId(), proof.aaguid());
        }
    }

    private record Place(String chain, long sequence, Instant time) {
        static Place of(JournalRow row) {
            return new Place(row.chain(), row.sequence(), row.entry().time());
        }

        /** By position in one chain; by the nodes' clocks, which may differ by the tolerance, between two. */
        boolean isBefore(Place other, Duration tolerance) {
            return chain.equals(other.chain) ? sequence < other.sequence : time.isBefore(other.time.plus(tolerance));
        }

        Break problem(String text) {
            return new Break(chain, sequence, text);
        }
    }

    private record SignedVote(Key key, Place place) {}

    /** Reads an entry that follows from the one before it. */
    void add(JournalRow row) {
        String body = row.entry().body();
        if (row.entry().kind() != JournalEntry.Kind.AUDIT) {
            return;
        }
        try {
            if (body.contains(APPROVE) && body.contains(PROOF)) {
                addVotes(row, Json.read(body, JsonNode.class));
            } else if (body.contains(REGISTER)) {
                JsonNode audit = Json.read(body, JsonNode.class);
                Passkey passkey = Json.read(audit.path("after").toString(), Passkey.class);
                registered
                        .computeIfAbsent(Key.of(passkey), key -> new ArrayList<>())
                        .add(passkey.id());
                begun.put(passkey.id(), Place.of(row));
            } else if (body.contains(REMOVE)) {
                removed.put(Json.read(body, JsonNode.class).path("objectId").asText(), Place.of(row));
            } else if (body.contains(DELETE_MEMBER)) {
                membersRemoved.put(
                        Json.read(body, JsonNode.class).path("objectId").asText(), Place.of(row));
            }
        } catch (UnreadableRecordException e) {
            problems.add(Place.of(row).problem("cannot be read"));
        }
    }

    private void addVotes(JournalRow row, JsonNode audit) {
        JsonNode after = audit.path("after");
        Stream<JsonNode> requests =
                after.isArray() ? StreamSupport.stream(after.spliterator(), false) : Stream.of(after);
        requests.map(node -> Json.read(node.toString(), ApprovalRequest.class))
                .forEach(request -> request.votes().stream()
                        .filter(vote ->
                                vote.memberId().equals(audit.path("actor").asText()))
                        .filter(vote -> vote.proof().isPresent())
                        .forEach(vote -> addVote(Place.of(row), request, vote)));
    }

    private void addVote(Place place, ApprovalRequest request, Vote vote) {
        ProofCheck.Result result = check.check(request, vote);
        if (result.proven().isEmpty()) {
            problems.add(place.problem(result.problem()));
        } else {
            votes.add(
                    new SignedVote(Key.of(vote.memberId(), result.proven().get().proof()), place));
        }
    }

    /**
     * The votes that prove nothing.
     *
     * @param whole whether the journal has its beginning; else a registration may have been removed from it
     */
    List<Break> finish(boolean whole) {
        for (SignedVote vote : votes) {
            problem(vote, whole).ifPresent(text -> problems.add(vote.place().problem(text)));
        }
        return problems;
    }

    private Optional<String> problem(SignedVote vote, boolean whole) {
        List<String> passkeys = registered.getOrDefault(vote.key(), List.of()).stream()
                .filter(id -> isBefore(begun.get(id), vote.place(), Grant.CLOCK_TOLERANCE))
                .toList();
        if (passkeys.isEmpty()) {
            return whole ? Optional.of("the vote is signed by a passkey that was not registered") : Optional.empty();
        }
        Duration certainly = Grant.CLOCK_TOLERANCE.negated();
        boolean lives = passkeys.stream().anyMatch(id -> !isBefore(removed.get(id), vote.place(), certainly))
                && !isBefore(membersRemoved.get(vote.key().memberId()), vote.place(), certainly);
        return lives ? Optional.empty() : Optional.of("the vote is signed by a passkey that was removed");
    }

    private static boolean isBefore(@Nullable Place place, Place other, Duration tolerance) {
        return place != null && place.isBefore(other, tolerance);
    }
}
