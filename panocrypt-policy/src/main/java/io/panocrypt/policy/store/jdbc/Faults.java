package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.sql.SQLException;
import java.util.Set;

/** Classifies a database's faults: it is unavailable, it refuses the input, or its data are damaged. */
final class Faults {
    /**
     * SQLSTATE classes of SQL:2003 (part 2, 24.1), data exception and constraint violation, and PostgreSQL's for a
     * program limit exceeded, such as the length of an index key.
     */
    private static final Set<String> INPUT = Set.of("22", "23", "54");

    private static final String ROLLBACK = "40";

    /** Statement completion unknown, a state in the class of rollbacks. */
    private static final String OUTCOME_UNKNOWN = "40003";

    /** PostgreSQL's data_corrupted and index_corrupted. */
    private static final Set<String> DAMAGED = Set.of("XX001", "XX002");

    /** SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH (sqlite.org/rescode.html). */
    private static final Set<Integer> SQLITE_INPUT = Set.of(18, 19, 20);

    private Faults() {}

    /** Whether the database refuses the input: nothing has happened. */
    static boolean isInput(Throwable fault, Dialect dialect) {
        if (fault instanceof StoreInputException) {
            return true;
        }
        if (!(fault instanceof SQLException refused)) {
            return false;
        }
        return dialect == Dialect.SQLITE
                ? SQLITE_INPUT.contains(refused.getErrorCode() & 0xff)
                : INPUT.contains(stateClass(refused));
    }

    /**
     * Whether the database reported that nothing has happened, for example because one write of a batch met a deadlock.
     */
    static boolean isRolledBack(Exception fault, Dialect dialect) {
        return isInput(fault, dialect)
                || fault instanceof SQLException rolledBack
                        && stateClass(rolledBack).equals(ROLLBACK)
                        && !OUTCOME_UNKNOWN.equals(rolledBack.getSQLState());
    }

    /** The exception for a fault while reading. */
    static StoreException reading(SQLException fault, Dialect dialect) {
        if (isInput(fault, dialect)) {
            return new StoreInputException("the database refuses the value to search for", fault);
        }
        return fault.getSQLState() != null && DAMAGED.contains(fault.getSQLState())
                ? damaged(fault)
                : new StoreException("cannot read from the database", fault);
    }

    private static StoreException damaged(SQLException fault) {
        StoreException damage = new UnreadableRecordException("page of the database");
        damage.initCause(fault);
        return damage;
    }

    private static String stateClass(SQLException fault) {
        String state = fault.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }
}
