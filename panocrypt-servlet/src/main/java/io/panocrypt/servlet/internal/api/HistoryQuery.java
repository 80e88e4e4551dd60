package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.history.HistoryFilter;
import io.panocrypt.servlet.internal.http.ApiQuery;

/** The query parameters that select journal entries. */
final class HistoryQuery {
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String DEVICE = "device";
    private static final String OUTCOME = "outcome";
    private static final String SOURCE = "source";
    private static final String ACTOR = "actor";
    private static final String ACTION = "action";

    private HistoryQuery() {}

    /** Those for the attempts on one device. */
    static String[] ofDevice() {
        return new String[] {FROM, TO, OUTCOME, SOURCE};
    }

    /** Those for the attempts on all devices. */
    static String[] ofAttempts() {
        return new String[] {FROM, TO, DEVICE, OUTCOME, SOURCE};
    }

    /** Those for edits. */
    static String[] ofEdits() {
        return new String[] {FROM, TO, DEVICE, ACTOR, ACTION};
    }

    /** Those for attempts and edits. */
    static String[] ofBoth() {
        return new String[] {FROM, TO, DEVICE, OUTCOME, SOURCE, ACTOR, ACTION};
    }

    /** The filter that a query states with those parameters that its route knows. */
    static HistoryFilter of(ApiQuery query) {
        return new HistoryFilter(
                query.instant(FROM),
                query.instant(TO),
                query.id(DEVICE),
                query.oneOf(OUTCOME, Outcome.class),
                query.cidr(SOURCE),
                query.get(ACTOR),
                query.get(ACTION));
    }
}
