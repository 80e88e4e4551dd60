package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules D32 to D39: records changed by decisions, several grants, and notes. */
abstract class RequestRules extends StoreRules {
    private static final int THREADS = 16;

    RequestRules(Opener opener) {
        super(opener);
    }

    private static PolicyRecord request(String id, long version, String unique, String device) {
        return new PolicyRecord(
                PolicyRecord.REQUEST, id, version, "{\"v\":" + version + "}", Set.of(unique), Set.of(device, "open"));
    }

    private DecisionCommit changing(List<String> spends, Change... changes) {
        DecisionSnapshot seen = snapshot();
        return new DecisionCommit(
                unlock(), DEVICE, seen.device().version(), seen.epoch(), spends, List.of(changes), List.of());
    }

    private Optional<PolicyRecord> stored(String id) {
        return policies().get(PolicyRecord.REQUEST, id);
    }

    @Test
    @DisplayName("D32 a snapshot carries the requests along that hold the device's id as a term, and no others")
    void carriesTheRequestsAlong() {
        PolicyRecord one = request("r-1", 1, "u:1", DEVICE);
        PolicyRecord two = request("r-2", 1, "u:2", DEVICE);
        applied(edit().put(one).put(two).put(request("r-3", 1, "u:3", "dev-2")));
        open(grant("g", DEVICE, 2));
        assertEquals(Set.of(one, two), new HashSet<>(snapshot().requests()));
        assertEquals(1, snapshot().grants().size());
        assertEquals(PolicyRecord.DEVICE, snapshot().device().kind());
    }

    @Test
    @DisplayName("D33 a commit spends all its grants or none")
    void spendsAllGrantsOrNone() {
        open(grant("a", DEVICE, 2), grant("b", DEVICE, 1));
        assertEquals(CommitResult.COMMITTED, decisions().commit(changing(List.of("a", "b"))));
        int rows = unlocks().size();
        assertEquals(CommitResult.CONFLICT, decisions().commit(changing(List.of("a", "b"))));
        assertEquals(1, usesLeft("a"));
        assertEquals(rows, unlocks().size());
    }

    @Test
    @DisplayName("D34 a commit makes its changes")
    void makesTheChanges() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        PolicyRecord next = request("r-1", 2, "u:1", DEVICE);
        assertEquals(CommitResult.COMMITTED, decisions().commit(changing(List.of(), new Change.Put(first))));
        assertEquals(Optional.of(first), stored("r-1"));
        assertEquals(CommitResult.COMMITTED, decisions().commit(changing(List.of(), new Change.Put(next))));
        assertEquals(Optional.of(next), stored("r-1"));
    }

    @Test
    @DisplayName("D35 a commit whose change is stale or taken is in conflict and leaves nothing")
    void leavesNothingWhenAChangeCannotBeMade() {
        open(grant("g", DEVICE, 1));
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        assertEquals(CommitResult.COMMITTED, decisions().commit(changing(List.of(), new Change.Put(first))));
        int rows = unlocks().size();
        List<Change> impossible = List.of(
                new Change.Put(first),
                new Change.Put(request("r-1", 3, "u:1", DEVICE)),
                new Change.Put(request("r-2", 1, "u:1", DEVICE)));
        for (Change change : impossible) {
            Change possible = new Change.Put(request(fresh("r"), 1, fresh("u"), DEVICE));
            assertEquals(CommitResult.CONFLICT, decisions().commit(changing(List.of("g"), possible, change)));
        }
        assertEquals(1, usesLeft("g"));
        assertEquals(rows, unlocks().size());
        assertEquals(List.of(first), snapshot().requests());
    }

    @Test
    @DisplayName("D36 of concurrent commits that replace the same version exactly one is committed")
    void replacesAVersionOnce() throws Exception {
        open(grant("g", DEVICE, THREADS));
        applied(edit().put(request("r-1", 1, "u:1", DEVICE)));
        List<Callable<CommitResult>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            DecisionCommit commit = changing(List.of("g"), new Change.Put(request("r-1", 2, "u:1", DEVICE)));
            tasks.add(() -> decisions().commit(commit));
        }
        assertEquals(1, Collections.frequency(Parallel.run(tasks), CommitResult.COMMITTED));
        assertEquals(THREADS - 1, usesLeft("g"));
    }

    @Test
    @DisplayName("D37 a note appends its rows, and makes its changes, whatever policy is in force")
    void appendsAndChangesByANote() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        applied(edit().put(first).put(device(DEVICE, 2, TOKEN)).bumpEpoch());
        PolicyRecord next = request("r-1", 2, "u:1", DEVICE);
        JournalEntry one = unlock();
        JournalEntry two = unlock();
        assertEquals(CommitResult.COMMITTED, note(List.of(one, two), next));
        assertEquals(Optional.of(next), stored("r-1"));
        List<JournalRow> chain = wholeChain(fixture().chain());
        assertEquals(
                List.of(one, two),
                chain.subList(chain.size() - 2, chain.size()).stream()
                        .map(JournalRow::entry)
                        .toList());
        assertEquals(CommitResult.COMMITTED, note(List.of(), request("r-1", 3, "u:1", DEVICE)));
        assertEquals(CommitResult.COMMITTED, note(List.of(unlock())));
        assertEquals(3, unlocks().size());
    }

    @Test
    @DisplayName("D38 a note whose change is stale or taken is in conflict and leaves nothing")
    void leavesNothingWhenANoteCannotBeMade() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        applied(edit().put(first));
        List<JournalRow> before = wholeChain(fixture().chain());
        for (PolicyRecord impossible :
                List.of(first, request("r-1", 3, "u:1", DEVICE), request("r-2", 1, "u:1", DEVICE))) {
            PolicyRecord possible = request(fresh("r"), 1, fresh("u"), DEVICE);
            assertEquals(CommitResult.CONFLICT, note(List.of(unlock()), possible, impossible));
        }
        assertEquals(before, wholeChain(fixture().chain()));
        assertEquals(List.of(first), snapshot().requests());
    }

    @Test
    @DisplayName("D39 a note repeated with its entries is written once")
    void writesARepeatedNoteOnce() {
        List<JournalEntry> entries = List.of(unlock(), unlock());
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        assertEquals(CommitResult.COMMITTED, note(entries, first));
        assertEquals(CommitResult.COMMITTED, note(entries, first));
        assertEquals(2, unlocks().size());
        assertEquals(Optional.of(first), stored("r-1"));
    }

    private CommitResult note(List<JournalEntry> entries, PolicyRecord... puts) {
        List<Change> changes = new ArrayList<>();
        for (PolicyRecord put : puts) {
            changes.add(new Change.Put(put));
        }
        return decisions().note(entries, changes);
    }
}
