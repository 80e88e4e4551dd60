package io.panocrypt.standalone.storage;

import io.panocrypt.standalone.common.StartupException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** The database does not answer (yet). Callers that can wait may retry. */
public final class DatabaseAwayException extends StartupException {
    private static final long serialVersionUID = 1L;

    /** The class of connection faults in SQL:2003 (part 2, 24.1). */
    private static final String CONNECTION = "08";

    /** PostgreSQL: the server refused the connection permanently, such as for a wrong authentication method. */
    private static final String REJECTED = "08004";

    /** PostgreSQL: shut down, crashed, starting up, too many connections, or a lock that a dead node may still hold. */
    private static final Set<String> SOON_OVER = Set.of("57P01", "57P02", "57P03", "53300", "55P03");

    DatabaseAwayException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether waiting may help against the fault or one of its causes. */
    public static boolean isBehind(Throwable fault) {
        if (TlsFault.describe(fault).isPresent()) {
            return false;
        }
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && isAway(refused)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAway(SQLException fault) {
        String state = fault.getSQLState();
        if (state == null) {
            return fault instanceof SQLTransientConnectionException;
        }
        return state.startsWith(CONNECTION) && !state.equals(REJECTED) || SOON_OVER.contains(state);
    }
}
