package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.testkit.support.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link PolicyStore} must do. Extend it and open your store; each test's display name begins with its rule.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
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
 * <tr><td>P27, P28</td><td>text that cannot be kept is not found, and not changed into other text; to be asked for it, by any
 * call of either contract, is no outage</td></tr>
 * </table>
 *
 * <p>Each group of rules is a nested class. After each test every chain must verify from its first row to its head.
 */
public abstract class PolicyStoreContract {
    /** Called by subclasses. */
    protected PolicyStoreContract() {}

    /**
     * Opens an empty store that no other test uses.
     *
     * @param clock the clock for the store, unless it has a better source of time
     */
    protected abstract StoreFixture open(MutableClock clock) throws Exception;

    @Nested
    class Records extends RecordRules {
        Records() {
            super(PolicyStoreContract.this::open);
        }
    }

    @Nested
    class Edits extends EditRules {
        Edits() {
            super(PolicyStoreContract.this::open);
        }
    }

    @Nested
    class Cancels extends CancelRules {
        Cancels() {
            super(PolicyStoreContract.this::open);
        }
    }

    @Nested
    class ConcurrentEdits extends ConcurrentEditRules {
        ConcurrentEdits() {
            super(PolicyStoreContract.this::open);
        }
    }

    @Nested
    class Texts extends TextRules {
        Texts() {
            super(PolicyStoreContract.this::open);
        }
    }
}
