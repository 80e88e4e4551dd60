package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link Store} must do. Extend it and open your store; each test's display name begins with its rule.
 *
 * <p>The rules of the outbox are skipped for a store that keeps none, those of truncation for one that truncates nothing,
 * and those of a restore for one that cannot be restored into.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>D1, D2, D3</td><td>a snapshot holds the device, the epoch, the time in milliseconds and exactly the open
 * grants; none without such a device</td></tr>
 * <tr><td>D4</td><td>a commit spends, writes its entry and its notices before it answers</td></tr>
 * <tr><td>D5, D6, D7, D8</td><td>another device version, another epoch or a grant that cannot be spent is a conflict,
 * and leaves nothing</td></tr>
 * <tr><td>D9, D10</td><td>a commit that is repeated with its id is committed once</td></tr>
 * <tr><td>D11, D12</td><td>of N concurrent commits on k uses exactly min(N, k) are committed, on one node and on
 * two</td></tr>
 * <tr><td>D13</td><td>a grant is valid while created - 2 s &lt;= now &lt; expires</td></tr>
 * <tr><td>D14, D15</td><td>a commit changes no other grant, no record and no epoch</td></tr>
 * <tr><td>D16</td><td>grants are listed by ascending id</td></tr>
 * <tr><td>D17, D18, D19</td><td>once an edit has returned, nothing is committed under the old version, the old epoch or
 * by a cancelled grant</td></tr>
 * <tr><td>D20</td><td>what was committed is there when the store is opened again</td></tr>
 * <tr><td>D21, D22, D23</td><td>entries extend this node's chain, once each, without gap or fork</td></tr>
 * <tr><td>D24, D25, D26</td><td>the journal is read newest first, filtered and in pages</td></tr>
 * <tr><td>D27, D28</td><td>chains are read in order; heads are the last rows</td></tr>
 * <tr><td>D29</td><td>the outbox is read oldest first</td></tr>
 * <tr><td>D30, D31</td><td>entries are kept as given; a refused edit leaves none</td></tr>
 * <tr><td>D32</td><td>a snapshot carries the device's requests along</td></tr>
 * <tr><td>D33</td><td>a commit spends all its grants or none</td></tr>
 * <tr><td>D34, D35</td><td>a commit makes its changes, or is in conflict and leaves nothing</td></tr>
 * <tr><td>D36</td><td>of concurrent commits that replace the same version exactly one is committed</td></tr>
 * <tr><td>D37, D38, D39</td><td>a note appends its rows and makes its changes, or is in conflict and leaves nothing; it
 * is written once, and looks at no policy</td></tr>
 * <tr><td>O1, O2, O12</td><td>commits and edits keep their outbox entries, each id once</td></tr>
 * <tr><td>O3, O11, O15</td><td>an entry is leased to one node at a time, what has been due longest first</td></tr>
 * <tr><td>O4</td><td>the entries of a lane are leased in order, each after the one before is settled</td></tr>
 * <tr><td>O5, O6, O7</td><td>an entry is done, with its follow-ups; tried again; or put off</td></tr>
 * <tr><td>O8, O9</td><td>a lease that another one has taken settles nothing</td></tr>
 * <tr><td>O10</td><td>dead letters are listed, revived and dropped</td></tr>
 * <tr><td>O13, O14, O16</td><td>what is settled is purged by age; the lag is reported; all of it is durable</td></tr>
 * <tr><td>D40</td><td>the journal is read from a moment on</td></tr>
 * <tr><td>D60, D61, D62, D63</td><td>a cut truncates a chain and keeps the record of it, or is in conflict
 * and leaves nothing; the last row stays</td></tr>
 * <tr><td>D64, D65, D66, D67</td><td>a cut is made once, whatever is written meanwhile, on any chain, for
 * good</td></tr>
 * <tr><td>B1, B2, B3, B4</td><td>a restore writes records and rows as they were; it can be repeated, and lasts</td></tr>
 * <tr><td>P1, P2</td><td>a record is found by id and by unique term, as it was written; kinds are apart</td></tr>
 * <tr><td>P3</td><td>a put names the version that it replaces, else it is stale</td></tr>
 * <tr><td>P4, P5</td><td>a unique term that another record of the kind holds is taken; one that was freed is not</td></tr>
 * <tr><td>P6, P7, P8</td><td>an update replaces all, a delete removes, a require changes nothing</td></tr>
 * <tr><td>P9</td><td>an edit happens wholly or not at all</td></tr>
 * <tr><td>P10</td><td>the epoch grows when an edit asks for it, and only then</td></tr>
 * <tr><td>P11</td><td>a scan goes by ascending id, in pages, all or by term</td></tr>
 * <tr><td>P12</td><td>an edit that is repeated with its id is applied once</td></tr>
 * <tr><td>P13</td><td>an edit leaves its audit row</td></tr>
 * <tr><td>P14, P15, P16, P17</td><td>an edit cancels one grant, a device's, those of devices with all the terms, or
 * all</td></tr>
 * <tr><td>P18</td><td>grants that an edit opens outlive what it cancels</td></tr>
 * <tr><td>P19, P20</td><td>of concurrent edits of one version, or of one unique term, one is applied</td></tr>
 * <tr><td>P21</td><td>what was applied is there when the store is opened again</td></tr>
 * <tr><td>P22, P23, P24</td><td>unique terms are judged as they stand after the edit; an edit writes a record once</td></tr>
 * <tr><td>P25, P26</td><td>an edit that names a policy epoch happens under that one or not at all, also when several
 * run</td></tr>
 * <tr><td>P27, P28</td><td>text that cannot be kept is not found, and not changed into other text; to be asked for it, by
 * any call, is no outage</td></tr>
 * <tr><td>P29, P30</td><td>a scan by unique terms with a prefix goes by their bytes, in pages; it shows what is there now</td></tr>
 * </table>
 *
 * <p>Each group of rules is a nested class. After each test every chain must verify from its first row to its head.
 */
public abstract class StoreContract {
    /** Called by subclasses. */
    protected StoreContract() {}

    /**
     * Opens an empty store that no other test uses.
     *
     * @param clock the clock for the store, unless it has a better source of time
     */
    protected abstract StoreFixture open(MutableClock clock) throws Exception;

    @Nested
    class Snapshots extends SnapshotRules {
        Snapshots() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Commits extends CommitRules {
        Commits() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class ConcurrentCommits extends ConcurrentCommitRules {
        ConcurrentCommits() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Journal extends JournalRules {
        Journal() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Requests extends RequestRules {
        Requests() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Outbox extends OutboxRules {
        Outbox() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Retention extends RetentionRules {
        Retention() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Restores extends RestoreRules {
        Restores() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Records extends RecordRules {
        Records() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Edits extends EditRules {
        Edits() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Cancels extends CancelRules {
        Cancels() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class ConcurrentEdits extends ConcurrentEditRules {
        ConcurrentEdits() {
            super(StoreContract.this::open);
        }
    }

    @Nested
    class Texts extends TextRules {
        Texts() {
            super(StoreContract.this::open);
        }
    }
}
