package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.journal.ChainTruncation;
import io.panocrypt.policy.internal.journal.JournalSource;
import io.panocrypt.policy.internal.journal.JournalVerifier;
import io.panocrypt.policy.internal.passkey.ApprovalStatement;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.model.history.Verification.Break;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proofs of signed votes in the history, whose chain an attacker may have linked anew. */
class SignedHistoryTest {
    @TempDir
    Path folder = Path.of("");

    private final TestPeople people = new TestPeople();
    private final Panocrypt service = people.service;
    private final TestAuthenticator key = new TestAuthenticator();
    private final Passkey passkey = key.register(service, people.alice);

    @BeforeEach
    void approve() {
        service.approvalGroups()
                .create(
                        OPERATOR,
                        new ApprovalGroups.Change(
                                "ops",
                                java.util.Set.of("prod"),
                                java.util.Set.of(people.alice.id(), people.bob.id()),
                                1,
                                ApprovalGroup.Proof.SIGNED));
        vote(people.alice, key, HOME, List.of());
        people.opens(HOME);
    }

    @AfterEach
    void close() {
        people.close();
    }

    private void vote(Member voter, TestAuthenticator with, String source, List<IpAddress> also) {
        people.waits(source);
        String id = people.request(source).id();
        String challenge = service.approvals()
                .statement(voter, id, "ok", also, TestAuthenticator.ORIGIN)
                .challenge();
        service.approvals().approve(voter, id, "ok", also, with.get(challenge, voter.id()));
    }

    private List<JournalRow> rows() {
        return people.house.memory.chain("node-1", 0, 1000);
    }

    private JournalRow theVote() {
        return rows().stream()
                .filter(row -> row.entry().body().contains("\"action\":\"request.approve\""))
                .findFirst()
                .orElseThrow();
    }

    /** The journal with other bodies, linked anew from there on: nothing but signatures can show it. */
    private Verification verify(UnaryOperator<JournalEntry> change) {
        List<JournalRow> forged = new ArrayList<>();
        ChainHead head = ChainHead.start("node-1");
        for (JournalRow row : rows()) {
            JournalRow next = head.append(change.apply(row.entry()));
            forged.add(next);
            head = ChainHead.of(next);
        }
        List<ChainHead> heads = List.of(head);
        JournalSource source = new JournalSource() {
            @Override
            public List<ChainHead> heads() {
                return heads;
            }

            @Override
            public List<JournalRow> chain(String chain, long after, int limit) {
                return forged.stream()
                        .filter(row -> row.sequence() > after)
                        .limit(limit)
                        .toList();
            }

            @Override
            public List<ChainTruncation.Signed> cuts() {
                return List.of();
            }
        };
        return new JournalVerifier(source, service.history().checkpointKey()).run(Stream.of());
    }

    private static JournalEntry with(JournalEntry entry, String body) {
        return new JournalEntry(entry.id(), entry.kind(), entry.time(), entry.deviceId(), body);
    }

    private void finds(String problem, JournalRow at, UnaryOperator<JournalEntry> change) {
        assertEquals(
                Optional.of(new Break("node-1", at.sequence(), problem)),
                verify(change).brokenAt());
    }

    private void findsInTheVote(String problem, String from, String to) {
        JournalRow vote = theVote();
        assertTrue(vote.entry().body().contains(from), vote.entry().body());
        finds(
                problem,
                vote,
                entry -> entry.equals(vote.entry()) ? with(entry, entry.body().replace(from, to)) : entry);
    }

    @Test
    void isIntactInTheStoreAndInAnExport() throws IOException {
        vote(people.alice, key, "10.0.0.7", List.of());
        assertTrue(service.history().verify().intact());
        assertEquals(Optional.empty(), verify(entry -> entry).brokenAt());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        service.history().export(out);
        Path file = Files.write(folder.resolve("export"), out.toByteArray());
        try (HistoryExport export = HistoryExport.open(file)) {
            assertEquals(Optional.empty(), export.verify(Stream.of()).brokenAt());
        }
    }

    @Test
    void checksEachRequestOfAVote() {
        people.waits("10.0.0.8");
        vote(people.alice, key, "10.0.0.7", List.of(IpAddress.parse("10.0.0.8")));
        assertTrue(service.history().verify().intact());
    }

    /** Each character of each part of the proof, and of the vote that it is about. */
    @Test
    void findsEachChangedByteOfAProof() {
        JournalRow vote = theVote();
        String body = vote.entry().body();
        int from = body.lastIndexOf("\"proof\":{") + "\"proof\":".length();
        int to = body.indexOf('}', from);
        assertTrue(to - from > 1_000, body);
        for (int i = from; i <= to; i++) {
            char other = body.charAt(i) == 'A' ? 'B' : 'A';
            String changed = body.substring(0, i) + other + body.substring(i + 1);
            Verification found = verify(entry -> entry.equals(vote.entry()) ? with(entry, changed) : entry);
            assertEquals(
                    Optional.of(vote.sequence()),
                    found.brokenAt().map(Break::sequence),
                    "character " + i + " of " + body);
        }
    }

    @Test
    void findsWhatIsNotTheVote() {
        String about = "the signed statement is about another vote";
        findsInTheVote(about, "\"comment\":\"ok\"", "\"comment\":\"no\"");
        findsInTheVote(about, "\"source\":\"10.0.0.1\"", "\"source\":\"10.0.0.2\"");
        findsInTheVote(about, "\"uses\":1", "\"uses\":9");
        findsInTheVote("another challenge was signed", people.alice.id(), people.bob.id());
        findsInTheVote(about, "\"deviceId\":\"" + people.server.id(), "\"deviceId\":\"2" + people.server.id());
        findsInTheVote("the signed statement cannot be read", "\\nverdict=approve", "\\nverdict=deny");
        findsInTheVote("the signature is not the passkey's", passkey.publicKey(), otherKey());
    }

    private static String otherKey() {
        return new TestAuthenticator().create("").publicKey();
    }

    /** Somebody with a key of their own, who writes all of the vote's entry. */
    @Test
    void findsASignatureOfAKeyThatNobodyRegistered() {
        JournalRow vote = theVote();
        TestAuthenticator own = new TestAuthenticator();
        String statement = io.panocrypt.policy.internal.records.Json.read(
                        vote.entry().body(), com.fasterxml.jackson.databind.JsonNode.class)
                .at("/after/votes/0/proof/statement")
                .asText();
        var signed = own.get(ApprovalStatement.challenge(statement), "");
        finds("the vote is signed by a passkey that was not registered", vote, entry -> {
            if (!entry.equals(vote.entry())) {
                return entry;
            }
            return with(
                    entry,
                    entry.body()
                            .replaceAll("\"credentialId\":\"[^\"]*", "\"credentialId\":\"" + signed.credentialId())
                            .replaceAll(
                                    "\"authenticatorData\":\"[^\"]*",
                                    "\"authenticatorData\":\"" + signed.authenticatorData())
                            .replaceAll(
                                    "\"clientDataJson\":\"[^\"]*", "\"clientDataJson\":\"" + signed.clientDataJson())
                            .replaceAll("\"signature\":\"[^\"]*", "\"signature\":\"" + signed.signature())
                            .replace(passkey.publicKey(), own.create("").publicKey()));
        });
    }

    @Test
    void findsAPasskeyThatWasRegisteredForAnotherMemberOrLater() {
        UnaryOperator<JournalEntry> bobs = entry -> entry.body().contains("passkey.register")
                ? with(entry, entry.body().replace(people.alice.id(), people.bob.id()))
                : entry;
        finds("the vote is signed by a passkey that was not registered", theVote(), bobs);
        UnaryOperator<JournalEntry> none = entry -> entry.body().contains("passkey.register")
                ? with(entry, entry.body().replace("passkey.register", "passkey.other"))
                : entry;
        finds("the vote is signed by a passkey that was not registered", theVote(), none);
    }

    @Test
    void findsAVoteAfterTheRemoval() {
        service.passkeys().remove(Actor.of(people.alice), passkey.id());
        assertTrue(service.history().verify().intact(), "removed after the vote");
        List<JournalRow> rows = rows();
        JournalEntry vote = theVote().entry();
        JournalRow last = rows.get(rows.size() - 1);
        assertTrue(last.entry().body().contains("passkey.remove"));
        finds("the vote is signed by a passkey that was removed", last, entry -> {
            if (entry.equals(vote)) {
                return with(last.entry(), last.entry().body());
            }
            return entry.equals(last.entry()) ? vote : entry;
        });
    }

    @Test
    void findsAVoteAfterTheMemberWasRemoved() {
        service.members().delete(OPERATOR, people.alice.id(), true);
        assertTrue(service.history().verify().intact(), "removed after the vote");
        List<JournalRow> rows = rows();
        JournalEntry vote = theVote().entry();
        JournalRow last = rows.get(rows.size() - 1);
        assertTrue(last.entry().body().contains("member.delete"));
        Verification found =
                verify(entry -> entry.equals(vote) ? last.entry() : entry.equals(last.entry()) ? vote : entry);
        assertFalse(found.intact());
    }
}
