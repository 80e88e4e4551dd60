package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the whole journal of a store, chain by chain, and checks that each entry is linked to the one before. */
public final class IntactChains {
    private static final int PAGE = 1_000;

    private IntactChains() {}

    /**
     * Returns the entries of all chains, each from its first entry to its head. No chain may be truncated.
     *
     * @param when the start of a failure message
     * @throws AssertionError if an entry is not linked to the one before, or a head is not its chain's last entry
     */
    public static List<JournalRow> rows(Store store, String when) {
        return rows(store, when, Map.of());
    }

    /** The same for truncated chains; the map gives the last removed entry by chain name. */
    static List<JournalRow> rows(Store store, String when, Map<String, ChainHead> cuts) {
        List<JournalRow> rows = new ArrayList<>();
        for (ChainHead head : store.heads()) {
            ChainHead end = cuts.getOrDefault(head.chain(), ChainHead.start(head.chain()));
            List<JournalRow> page = store.chain(head.chain(), 0, PAGE);
            while (!page.isEmpty()) {
                for (JournalRow row : page) {
                    assertEquals(
                            end.append(row.entry()), row, when + ": a row that does not follow from the one before");
                    end = ChainHead.of(row);
                    rows.add(row);
                }
                page = store.chain(head.chain(), end.sequence(), PAGE);
            }
            assertEquals(head, end, when + ": the head is not the last row");
        }
        return rows;
    }
}
