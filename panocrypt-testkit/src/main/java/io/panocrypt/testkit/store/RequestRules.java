package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    private StoreWrite changing(List<String> spends, Change... changes) {
        DecisionSnapshot seen = snapshot();
        return StoreWrite.of(unlock())
                .inEpoch(seen.epoch())
                .require(PolicyRecord.DEVICE, DEVICE, seen.device().version())
                .spend(DEVICE, spends)
                .change(List.of(changes))
                .build();
    }

    /** Puts that cannot be made beside that record, which is stored, and why. */
    private static Map<PolicyRecord, WriteResult> impossible(PolicyRecord first) {
        WriteResult stale = new WriteResult.Stale(PolicyRecord.REQUEST, first.id());
        return Map.of(
                first,
                stale,
                request("r-1", 3, "u:1", DEVICE),
                stale,
                request("r-2", 1, "u:1", DEVICE),
                new WriteResult.Taken(PolicyRecord.REQUEST, "u:1"));
    }

    private Optional<PolicyRecord> stored(String id) {
        return store().get(PolicyRecord.REQUEST, id);
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
        written(changing(List.of("a", "b")));
        int rows = unlocks().size();
        assertEquals(new WriteResult.NotSpendable(), store().write(changing(List.of("a", "b"))));
        assertEquals(1, usesLeft("a"));
        assertEquals(rows, unlocks().size());
    }

    @Test
    @DisplayName("D34 a commit makes its changes")
    void makesTheChanges() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        PolicyRecord next = request("r-1", 2, "u:1", DEVICE);
        written(changing(List.of(), new Change.Put(first)));
        assertEquals(Optional.of(first), stored("r-1"));
        written(changing(List.of(), new Change.Put(next)));
        assertEquals(Optional.of(next), stored("r-1"));
    }

    @Test
    @DisplayName("D35 a commit whose change is stale or taken is in conflict and leaves nothing")
    void leavesNothingWhenAChangeCannotBeMade() {
        open(grant("g", DEVICE, 1));
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        written(changing(List.of(), new Change.Put(first)));
        int rows = unlocks().size();
        impossible(first).forEach((put, why) -> {
            Change possible = new Change.Put(request(fresh("r"), 1, fresh("u"), DEVICE));
            assertEquals(why, store().write(changing(List.of("g"), possible, new Change.Put(put))));
        });
        assertEquals(1, usesLeft("g"));
        assertEquals(rows, unlocks().size());
        assertEquals(List.of(first), snapshot().requests());
    }

    @Test
    @DisplayName("D36 of concurrent commits that replace the same version exactly one is committed")
    void replacesAVersionOnce() throws Exception {
        open(grant("g", DEVICE, THREADS));
        applied(edit().put(request("r-1", 1, "u:1", DEVICE)));
        List<Callable<WriteResult>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            StoreWrite commit = changing(List.of("g"), new Change.Put(request("r-1", 2, "u:1", DEVICE)));
            tasks.add(() -> store().write(commit));
        }
        assertEquals(1, Collections.frequency(Parallel.run(tasks), new WriteResult.Written()));
        assertEquals(THREADS - 1, usesLeft("g"));
    }

    @Test
    @DisplayName("D37 a note appends its rows, and makes its changes, whatever policy is in force")
    void appendsAndChangesByANote() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        applied(edit().put(first).put(device(DEVICE, 2, TOKEN)).growEpoch(true));
        PolicyRecord next = request("r-1", 2, "u:1", DEVICE);
        JournalEntry one = unlock();
        JournalEntry two = unlock();
        assertEquals(new WriteResult.Written(), note(List.of(one, two), next));
        assertEquals(Optional.of(next), stored("r-1"));
        List<JournalRow> chain = wholeChain(fixture().chain());
        assertEquals(
                List.of(one, two),
                chain.subList(chain.size() - 2, chain.size()).stream()
                        .map(JournalRow::entry)
                        .toList());
        assertEquals(new WriteResult.Written(), note(List.of(), request("r-1", 3, "u:1", DEVICE)));
        assertEquals(new WriteResult.Written(), note(List.of(unlock())));
        assertEquals(3, unlocks().size());
    }

    @Test
    @DisplayName("D38 a note whose change is stale or taken is in conflict and leaves nothing")
    void leavesNothingWhenANoteCannotBeMade() {
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        applied(edit().put(first));
        List<JournalRow> before = wholeChain(fixture().chain());
        impossible(first).forEach((put, why) -> {
            PolicyRecord possible = request(fresh("r"), 1, fresh("u"), DEVICE);
            assertEquals(why, note(List.of(unlock()), possible, put));
        });
        assertEquals(before, wholeChain(fixture().chain()));
        assertEquals(List.of(first), snapshot().requests());
    }

    @Test
    @DisplayName("D39 a note repeated with its entries is written once")
    void writesARepeatedNoteOnce() {
        List<JournalEntry> entries = List.of(unlock(), unlock());
        PolicyRecord first = request("r-1", 1, "u:1", DEVICE);
        assertEquals(new WriteResult.Written(), note(entries, first));
        assertEquals(new WriteResult.Written(), note(entries, first));
        assertEquals(2, unlocks().size());
        assertEquals(Optional.of(first), stored("r-1"));
    }

    private WriteResult note(List<JournalEntry> entries, PolicyRecord... puts) {
        return store().write(StoreWrite.of(entries).put(puts).build());
    }
}
