package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.passkey.Base64Url;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.SignedStatement;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.StatementToSign;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Approvals that a group demands to be signed by a passkey. */
class SignedApprovalTest {
    private static final String HERE = "10.0.0.2";
    private static final String ORIGIN = TestAuthenticator.ORIGIN;

    private final TestPeople people = new TestPeople();
    private final Panocrypt service = people.service;
    private final Approvals approvals = service.approvals();
    private final TestAuthenticator key = new TestAuthenticator();
    private final Passkey passkey = key.register(service, people.alice);
    private int forgeries;

    @AfterEach
    void close() {
        people.close();
    }

    private ApprovalGroup signed(String name, String tag, int quorum, Member... approvers) {
        ApprovalGroup group = people.group(name, tag, quorum, approvers);
        return service.approvalGroups()
                .edit(
                        OPERATOR,
                        group.id(),
                        1,
                        new ApprovalGroups.Change(null, null, null, null, ApprovalGroup.Proof.SIGNED),
                        true);
    }

    private StatementToSign statement(Member voter, String source) {
        return approvals.statement(voter, people.request(source).id(), "", List.of(), ORIGIN);
    }

    private PasskeyAssertion sign(StatementToSign shown) {
        return key.get(shown.challenge(), people.alice.id());
    }

    private ApprovalRequest approve(Member voter, String source, PasskeyAssertion signed) {
        return approvals.approve(voter, people.request(source).id(), "", List.of(), signed);
    }

    private void approve(String source) {
        approve(people.alice, source, sign(statement(people.alice, source)));
    }

    private void refuses(Kind kind, String why, PasskeyAssertion signed) {
        assertEquals(
                why,
                assertRefused(kind, () -> approve(people.alice, HOME, signed)).getMessage());
        assertEquals(State.PENDING, people.state(HOME));
        people.waits(HOME);
    }

    /** Writes straight into the store, as one does who has its password. */
    private void forge(UnaryOperator<ApprovalRequest> change) {
        ApprovalRequest now = people.request(HOME);
        PolicyRecord record = RecordMapper.open(change.apply(now).withVersion(now.version() + 1));
        write(StoreWrite.of(entry()).growEpoch(true).put(record).build());
    }

    private JournalEntry entry() {
        forgeries++;
        return new JournalEntry(
                "forgery-" + forgeries, JournalEntry.Kind.AUDIT, people.house.clock.instant(), null, "{}");
    }

    private void write(StoreWrite write) {
        assertTrue(people.house.memory.write(write).isWritten());
    }

    private static ApprovalRequest withProof(ApprovalRequest request, UnaryOperator<SignedStatement> change) {
        Vote vote = request.votes().get(0);
        return request.with(
                new Vote(
                        vote.memberId(),
                        vote.verdict(),
                        vote.time(),
                        vote.comment(),
                        vote.proof().map(change)),
                request.uses());
    }

    @Test
    void opensOnceItIsSigned() {
        signed("ops", "prod", 1, people.alice, people.bob);
        people.waits(HOME);
        StatementToSign shown = statement(people.alice, HOME);
        assertTrue(shown.statement().startsWith("panocrypt-approval-v1\nsite="), shown.statement());
        assertEquals(18, shown.statement().split("\n", -1).length);
        approve(people.alice, HOME, sign(shown));
        people.opens(HOME);
        people.waits(HOME);
        assertTrue(people.requests().stream().anyMatch(request -> request.state() == State.COLLECTED));
    }

    @Test
    void storesTheProofInTheEntryOfTheVote() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        StatementToSign shown = statement(people.alice, HOME);
        PasskeyAssertion assertion = sign(shown);
        approve(people.alice, HOME, assertion);
        AuditRecord vote = service.history().audit(null, 1).items().get(0);
        SignedStatement proof = Json.read(vote.after(), ApprovalRequest.class)
                .votes()
                .get(0)
                .proof()
                .orElseThrow();
        assertEquals(
                new SignedStatement(
                        shown.statement(),
                        passkey.credentialId(),
                        assertion.authenticatorData(),
                        assertion.clientDataJson(),
                        assertion.signature(),
                        -7,
                        passkey.publicKey(),
                        "example.org",
                        passkey.aaguid()),
                proof);
    }

    @Test
    void takesNoVoteWithoutAProof() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        assertTrue(approvals.demandsProof(people.request(HOME)));
        assertRefused(Kind.CONFLICT, () -> people.approve(people.alice, HOME));
        assertEquals(
                Set.of(ApprovalRequest.Verdict.DENY, ApprovalRequest.Verdict.DEFER),
                approvals.ballot(people.alice, people.request(HOME)).verdicts());
        approvals.defer(people.alice, people.request(HOME).id(), "later");
        people.deny(people.alice, HOME);
    }

    @Test
    void takesAProofWhereNoneIsDemanded() {
        people.group("ops", "prod", 1, people.alice);
        people.waits(HOME);
        assertFalse(approvals.demandsProof(people.request(HOME)));
        approve(HOME);
        people.opens(HOME);
    }

    /** Else a group of everybody would take the demand from a stricter one. */
    @Test
    void isDemandedWhicheverGroupTheVoterIsIn() {
        signed("ops", "prod", 1, people.alice);
        people.group("all", "web", 1, people.bob);
        people.waits(HOME);
        assertRefused(Kind.CONFLICT, () -> people.approve(people.bob, HOME));
        approve(HOME);
        people.opens(HOME);
    }

    @Test
    void refusesWhatDoesNotVerify() {
        signed("ops", "prod", 1, people.alice, people.bob);
        people.waits(HOME);
        String unknown = "the signed statement is unknown, used or expired: sign it again";
        refuses(Kind.INVALID, unknown, key.get("AAAA", people.alice.id()));
        refuses(Kind.INVALID, unknown, sign(statement(people.bob, HOME)));
        key.flags = 0x01;
        refuses(Kind.INVALID, "the authenticator has not verified the user", sign(statement(people.alice, HOME)));
        key.flags = TestAuthenticator.SYNCED;
        key.origin = TestAuthenticator.PARTY.origins().get(1);
        refuses(Kind.INVALID, "the page is from another origin", sign(statement(people.alice, HOME)));
        key.origin = ORIGIN;
        key.rpId = "evil.example";
        refuses(Kind.INVALID, "the passkey is for another relying party", sign(statement(people.alice, HOME)));
        key.rpId = "example.org";
        TestAuthenticator bobs = new TestAuthenticator();
        bobs.register(service, people.bob);
        refuses(
                Kind.INVALID,
                "it is no passkey of this member",
                bobs.get(statement(people.alice, HOME).challenge(), people.alice.id()));
        PasskeyAssertion good = sign(statement(people.alice, HOME));
        refuses(
                Kind.INVALID,
                "the signature is not the passkey's",
                new PasskeyAssertion(
                        good.credentialId(),
                        good.authenticatorData(),
                        good.clientDataJson(),
                        Base64Url.encode(key.sign(new byte[] {1})),
                        null));
        approve(people.alice, HOME, good);
        people.opens(HOME);
    }

    @Test
    void holdsForFiveMinutesAndOnce() {
        signed("ops", "prod", 2, people.alice, people.bob);
        people.waits(HOME);
        PasskeyAssertion late = sign(statement(people.alice, HOME));
        people.house.clock.advance(Duration.ofMinutes(5));
        refuses(Kind.INVALID, "the signed statement is unknown, used or expired: sign it again", late);
        PasskeyAssertion once = sign(statement(people.alice, HOME));
        approve(people.alice, HOME, once);
        assertRefused(Kind.INVALID, () -> approve(people.alice, HOME, once));
    }

    @Test
    void outlivesTheHostsFurtherAttemptsAndNoOtherVote() {
        signed("ops", "prod", 2, people.alice, people.bob);
        people.waits(HOME);
        StatementToSign shown = statement(people.alice, HOME);
        long seen = people.request(HOME).version();
        people.house.clock.advance(Duration.ofMinutes(2));
        people.waits(HOME);
        assertNotEquals(seen, people.request(HOME).version());
        approve(people.alice, HOME, sign(shown));
        StatementToSign again = statement(people.alice, HOME);
        approvals.defer(people.bob, people.request(HOME).id(), "");
        refuses(Kind.STALE, "the request has changed since its statement was shown: sign it again", sign(again));
    }

    @Test
    void isAboutOneCommentAndTheseSources() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        people.waits(HERE);
        String id = people.request(HOME).id();
        PasskeyAssertion plain = sign(statement(people.alice, HOME));
        assertRefused(Kind.INVALID, () -> approvals.approve(people.alice, id, "other", List.of(), plain));
        List<IpAddress> also = List.of(IpAddress.parse(HERE));
        assertRefused(Kind.STALE, () -> approvals.approve(people.alice, id, "", also, plain));
        StatementToSign both = approvals.statement(people.alice, id, "both", also, ORIGIN);
        approvals.approve(people.alice, id, "both", also, sign(both));
        people.opens(HOME);
        people.opens(HERE);
    }

    @Test
    void needsEveryVoteOfAQuorumSigned() {
        signed("ops", "prod", 2, people.alice, people.bob);
        TestAuthenticator bobs = new TestAuthenticator(TestAuthenticator.EDDSA, TestService.RANDOM);
        bobs.register(service, people.bob);
        people.waits(HOME);
        approve(HOME);
        people.waits(HOME);
        // Longer than alice's own statement would let it be collected.
        for (int i = 0; i < 6; i++) {
            people.house.clock.advance(Duration.ofMinutes(2));
            people.waits(HOME);
        }
        approve(people.bob, HOME, bobs.get(statement(people.bob, HOME).challenge(), people.bob.id()));
        people.opens(HOME);
    }

    @Test
    void countsNoLongerOnceThePasskeyIsRemoved() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        approve(HOME);
        service.passkeys().remove(Actor.of(people.alice), passkey.id());
        people.waits(HOME);
    }

    @Test
    void countsNoUnsignedVoteOfBeforeTheDemand() {
        ApprovalGroup group = people.group("ops", "prod", 1, people.alice);
        people.waits(HOME);
        people.approve(people.alice, HOME);
        ApprovalGroups.Change demand = new ApprovalGroups.Change(null, null, null, null, ApprovalGroup.Proof.SIGNED);
        service.approvalGroups().edit(OPERATOR, group.id(), 1, demand, false);
        people.waits(HOME);
        approve(HOME);
        people.opens(HOME);
    }

    @Test
    void isSkippedByNoAllowance() {
        ApprovalGroup group = people.group("ops", "prod", 1, people.alice);
        AllowanceRequest skipping = AllowanceRequest.defaults().withSkips(AllowanceSkip.APPROVAL);
        service.allowances().grant(Actor.of(people.alice), people.server.id(), skipping);
        ApprovalGroups.Change demand = new ApprovalGroups.Change(null, null, null, null, ApprovalGroup.Proof.SIGNED);
        service.approvalGroups().edit(OPERATOR, group.id(), 1, demand, false);
        people.waits(HOME);
        assertRefused(
                Kind.CONFLICT, () -> service.allowances().grant(Actor.of(people.alice), people.server.id(), skipping));
        approve(HOME);
        people.opens(HOME);
    }

    /** An allowance that skips rules also skips what only a rule asks for, and any operator may grant it. */
    @Test
    void isSkippedByNoAllowanceEvenIfARuleAsks() {
        ApprovalGroup group = people.group("ops", "prod", 0, people.alice);
        UnlockRule asking = new UnlockRule() {
            @Override
            public String name() {
                return "ask";
            }

            @Override
            public Verdict evaluate(RuleInput input) {
                return Verdict.requireApproval("always");
            }
        };
        try (Panocrypt node = Panocrypt.builder()
                .store(people.house.memory)
                .custody(people.house.custody)
                .publicUrl(java.net.URI.create("http://192.0.2.80:8080"))
                .clock(people.house.clock)
                .relyingParty(TestAuthenticator.PARTY)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .ruleTimeout(TestTimeout.MAX)
                .rule(asking)
                .build()) {
            service.allowances()
                    .grant(
                            OPERATOR,
                            people.server.id(),
                            AllowanceRequest.defaults().withUses(2).withSkips(AllowanceSkip.RULE));
            assertEquals("Answered", nameOf(node.unlock(TestService.attempt(people.server, HOME))));
            ApprovalGroups.Change demand =
                    new ApprovalGroups.Change(null, null, null, null, ApprovalGroup.Proof.SIGNED);
            service.approvalGroups().edit(OPERATOR, group.id(), 1, demand, false);
            assertEquals("Pending", nameOf(node.unlock(TestService.attempt(people.server, HOME))));
            approve(HOME);
            assertEquals("Answered", nameOf(node.unlock(TestService.attempt(people.server, HOME))));
        }
    }

    private static String nameOf(UnlockResult result) {
        return result.getClass().getSimpleName();
    }

    /** A writer of the database who holds no passkey makes an approval out of a request that waits, grant and all. */
    @Test
    void isMadeByNoWriterOfTheStore() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        Instant end = people.house.clock.instant().plus(Duration.ofMinutes(5));
        forge(request -> request.with(
                        new Vote(people.alice.id(), ApprovalRequest.Verdict.APPROVE, people.house.clock.instant(), ""),
                        1)
                .approve("forged-1", end));
        ApprovalRequest forged = people.request(HOME);
        write(StoreWrite.of(entry())
                .grant(List.of(RecordMapper.ofApproval(forged, 1, people.house.clock.instant())))
                .build());
        assertEquals(State.APPROVED, people.state(HOME));
        people.waits(HOME);

        // The same in a group that demands nothing, so that the forgery is shown to be complete.
        ApprovalGroup group = service.approvalGroups().list(null, 1).items().get(0);
        ApprovalGroups.Change none = new ApprovalGroups.Change(null, null, null, null, ApprovalGroup.Proof.NONE);
        service.approvalGroups().edit(OPERATOR, group.id(), group.version(), none, true);
        people.opens(HOME);
    }

    @Test
    void isMadeByNoPasskeyThatAWriterOfTheStoreAdds() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        approve(HOME);
        // The writer's own key, in the proof and in the passkey's record.
        TestAuthenticator own = new TestAuthenticator();
        String spki = Base64Url.encode(own.keys.getPublic().getEncoded());
        forge(request -> withProof(request, proof -> {
            PasskeyAssertion signed =
                    own.get(io.panocrypt.policy.internal.passkey.ApprovalStatement.challenge(proof.statement()), "");
            return new SignedStatement(
                    proof.statement(),
                    proof.credentialId(),
                    signed.authenticatorData(),
                    signed.clientDataJson(),
                    signed.signature(),
                    proof.algorithm(),
                    spki,
                    proof.rpId(),
                    proof.aaguid());
        }));
        PolicyRecord record =
                people.house.memory.get(RecordMapper.PASSKEY, passkey.id()).orElseThrow();
        write(StoreWrite.of(entry())
                .growEpoch(true)
                .put(new PolicyRecord(
                        record.kind(),
                        record.id(),
                        record.version() + 1,
                        record.body().replace(passkey.publicKey(), spki),
                        record.uniqueTerms(),
                        record.terms()))
                .build());
        people.waits(HOME);
    }

    /** A genuine approval that a writer of the store moves to another source, request, or time. */
    @Test
    void isMovedByNoWriterOfTheStore() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        approve(HOME);
        ApprovalRequest genuine = people.request(HOME);
        people.waits(HERE);
        ApprovalRequest other = people.request(HERE);
        ApprovalRequest moved = other.with(genuine.votes().get(0), 1)
                .approve("forged-2", genuine.windowEnd().orElseThrow())
                .withVersion(other.version() + 1);
        write(StoreWrite.of(entry())
                .growEpoch(true)
                .put(RecordMapper.open(moved))
                .grant(List.of(RecordMapper.ofApproval(moved, 1, people.house.clock.instant())))
                .build());
        people.waits(HERE);

        // Longer: past the last moment that the statement allows.
        people.house.clock.advance(Duration.ofMinutes(10));
        forge(request ->
                request.approve("forged-3", people.house.clock.instant().plus(Duration.ofHours(1))));
        write(StoreWrite.of(entry())
                .grant(List.of(RecordMapper.ofApproval(people.request(HOME), 1, people.house.clock.instant())))
                .build());
        people.waits(HOME);
    }

    @Test
    void isUndoneByEveryChangedByte() {
        signed("ops", "prod", 1, people.alice);
        people.waits(HOME);
        approve(HOME);
        ApprovalRequest genuine = people.request(HOME);
        SignedStatement proof = genuine.votes().get(0).proof().orElseThrow();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<SignedStatement> changed = new ArrayList<>();
        String[] parts = {
            proof.statement(),
            proof.credentialId(),
            proof.authenticatorData(),
            proof.clientDataJson(),
            proof.signature(),
            proof.publicKey(),
            proof.rpId(),
            proof.aaguid()
        };
        for (int part = 0; part < parts.length; part++) {
            for (int i = 0; i < 10; i++) {
                String[] copy = parts.clone();
                byte[] bytes = copy[part].getBytes(StandardCharsets.US_ASCII);
                int at = random.nextInt(bytes.length);
                bytes[at] = (byte) (bytes[at] == 'x' ? 'y' : 'x');
                copy[part] = new String(bytes, StandardCharsets.US_ASCII);
                changed.add(new SignedStatement(
                        copy[0], copy[1], copy[2], copy[3], copy[4], proof.algorithm(), copy[5], copy[6], copy[7]));
            }
        }
        for (SignedStatement one : changed) {
            forge(request -> withProof(genuine, old -> one).withVersion(request.version()));
            assertNotEquals(
                    "Answered",
                    people.house.unlock(people.server, HOME).getClass().getSimpleName(),
                    "seed " + seed + ": " + one);
        }
        forge(request -> genuine.withVersion(request.version()));
        people.opens(HOME);
    }

    @Test
    void costsAHostThatWaitsNothing() {
        signed("ops", "prod", 1, people.alice);
        int[] reads = {0};
        ActStore store = new ActStore(people.house.memory) {
            @Override
            public Optional<PolicyRecord> find(String kind, String term) {
                reads[0] += kind.equals(RecordMapper.PASSKEY) ? 1 : 0;
                return super.find(kind, term);
            }
        };
        try (Panocrypt node = people.house.open(store, people.house.custody)) {
            node.unlock(TestService.attempt(people.server, HOME));
            node.unlock(TestService.attempt(people.server, HOME));
            assertEquals(0, reads[0]);
            approve(HOME);
            node.unlock(TestService.attempt(people.server, HOME));
            assertTrue(reads[0] > 0);
            reads[0] = 0;
            people.edit(DeviceChange.none().withTags("lab"), true);
            node.unlock(TestService.attempt(people.server, HOME));
            assertEquals(0, reads[0]);
        }
    }

    @Test
    void warnsOfApproversWithoutPasskeys() {
        ApprovalGroup group = signed("ops", "prod", 2, people.alice, people.bob);
        assertEquals(
                List.of("fewer than 2 of its approvers have a passkey, and votes must be signed"),
                service.approvalGroups().warnings().apply(group));
        new TestAuthenticator().register(service, people.bob);
        assertEquals(List.of(), service.approvalGroups().warnings().apply(group));
    }

    @Test
    void isDemandedOnlyWherePasskeysAreConfigured() {
        try (Panocrypt other = Panocrypt.builder()
                .store(people.house.memory)
                .custody(people.house.custody)
                .publicUrl(java.net.URI.create("http://192.0.2.80:8080"))
                .clock(people.house.clock)
                .checkpointInterval(Duration.ZERO)
                .build()) {
            assertRefused(
                    Kind.INVALID,
                    () -> other.approvalGroups()
                            .create(
                                    OPERATOR,
                                    new ApprovalGroups.Change(
                                            "ops",
                                            Set.of("prod"),
                                            Set.of(people.alice.id()),
                                            1,
                                            ApprovalGroup.Proof.SIGNED)));
            signed("ops", "prod", 1, people.alice);
            people.waits(HOME);
            approve(HOME);
            assertEquals(
                    "Pending",
                    other.unlock(TestService.attempt(people.server, HOME))
                            .getClass()
                            .getSimpleName());
        }
    }
}
