package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link EntryStore} must do. Extend it and open your store; each test's display name begins with its rule.
 *
 * <table> <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>E1, E2</td><td>a read finds entries by their keys, and leaves out keys that do not exist</td></tr>
 * <tr><td>E3, E4</td><td>values come back exactly; keys are told apart by every character</td></tr>
 * <tr><td>E5, E6, E7</td><td>a scan is in the order of bytes, includes its lower bound alone, and gives at most the limit,
 * from the end that is asked for</td></tr>
 * <tr><td>E8</td><td>pages miss no entry while others are written and removed</td></tr>
 * <tr><td>E9</td><td>a write creates, replaces and removes; a remove of nothing is no fault</td></tr>
 * <tr><td>E10</td><td>if one condition does not hold, nothing happens</td></tr>
 * <tr><td>E11, E12, E13</td><td>a version holds until the key's next write, absence until the key's creation, also without
 * mutations</td></tr>
 * <tr><td>E14, E15</td><td>each write of a key has a new version, for ever; nothing else changes it</td></tr>
 * <tr><td>E16</td><td>once a write has returned, every node reads it</td></tr>
 * <tr><td>E17, E18</td><td>of writes that create a key at once one succeeds; no conditional replacement is lost</td></tr>
 * <tr><td>E19</td><td>conditions on keys that the write leaves alone hold at the moment of the write</td></tr>
 * <tr><td>E20, E21</td><td>writes do not interrupt each other; a write confirms what was read only if it was there at
 * one moment</td></tr>
 * <tr><td>E22, E23</td><td>the longest key, the largest value and the largest batch are taken whole</td></tr>
 * <tr><td>E24, E25, E26, E27</td><td>too many keys, an invalid key, an invalid value and a key named twice are refused as
 * input, and nothing happens</td></tr>
 * <tr><td>E28</td><td>a store takes at least 50 keys at once and does not change what it says of itself</td></tr>
 * <tr><td>E29</td><td>the store's clock follows the fixture's, or the real time</td></tr>
 * <tr><td>E30</td><td>what was written is there, with its version, when the store is opened again, and no version comes again</td></tr>
 * </table>
 *
 * <p>Each group of rules is a nested class. Not checked: that {@code true} means synced, that a kill in the
 * middle of a write leaves all of it or nothing, and that every call ends at some time.
 */
public abstract class EntryStoreContract {
    /** Called by subclasses. */
    protected EntryStoreContract() {}

    /**
     * Opens an empty store that no other test uses.
     *
     * @param clock the clock for the store, unless it has a better source of time
     */
    protected abstract EntryStoreFixture open(MutableClock clock) throws Exception;

    @Nested
    class Reads extends ReadRules {
        Reads() {
            super(EntryStoreContract.this::open);
        }
    }

    @Nested
    class Scans extends ScanRules {
        Scans() {
            super(EntryStoreContract.this::open);
        }
    }

    @Nested
    class Writes extends WriteRules {
        Writes() {
            super(EntryStoreContract.this::open);
        }
    }

    @Nested
    class ConcurrentWrites extends ConcurrentWriteRules {
        ConcurrentWrites() {
            super(EntryStoreContract.this::open);
        }
    }

    @Nested
    class Limits extends LimitRules {
        Limits() {
            super(EntryStoreContract.this::open);
        }
    }

    @Nested
    class Nodes extends NodeRules {
        Nodes() {
            super(EntryStoreContract.this::open);
        }
    }
}
