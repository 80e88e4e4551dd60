package io.panocrypt.policy.store.jdbc;

/**
 * The statements that all dialects share.
 *
 * <p>One statement reads a record with its terms, which makes them consistent: a first part (a WITH clause named {@code
 * page}) selects the records, {@link #PARTS} splits them into rows that {@link Rows} combines again.
 *
 * <p>CROSS JOIN makes SQLite start with the left table; without it, SQLite once read the terms of all records instead.
 */
final class Sql {
    /** Part numbers: 0 the record itself, 1 a unique term, 2 a term, 3 (in {@link #SNAPSHOT} only) a grant. */
    private static final String PARTS = """
            SELECT 0 AS part, id, version AS n1, 0 AS n2, 0 AS n3, 0 AS n4, body AS content, '' AS grant_id, kind
              FROM page
            UNION ALL
            SELECT 1, page.id, 0, 0, 0, 0, t.term, '', page.kind
              FROM page CROSS JOIN panocrypt_unique_term t WHERE t.kind = page.kind AND t.id = page.id
            UNION ALL
            SELECT 2, page.id, 0, 0, 0, 0, t.term, '', page.kind
              FROM page CROSS JOIN panocrypt_term t WHERE t.kind = page.kind AND t.id = page.id
            """;

    private static final String BY_ID = " ORDER BY 2, 1";

    /** Quoted because the name is a keyword of H2. */
    static final String EPOCH = "SELECT \"value\" FROM panocrypt_meta WHERE name = 'epoch'";

    static final String GET = """
            WITH page AS (SELECT kind, id, version, body FROM panocrypt_record WHERE kind = ? AND id = ?)
            """ + PARTS;

    static final String FIND = """
            WITH page AS (SELECT r.kind, r.id, r.version, r.body
                            FROM panocrypt_unique_term u JOIN panocrypt_record r ON r.kind = u.kind AND r.id = u.id
                           WHERE u.kind = ? AND u.term = ?)
            """ + PARTS;

    static final String SCAN = """
            WITH page AS (SELECT kind, id, version, body FROM panocrypt_record
                           WHERE kind = ? AND id > ? ORDER BY id LIMIT ?)
            """ + PARTS + BY_ID;

    static final String SCAN_TERM = """
            WITH page AS (SELECT r.kind, r.id, r.version, r.body
                            FROM panocrypt_term f JOIN panocrypt_record r ON r.kind = f.kind AND r.id = f.id
                           WHERE f.kind = ? AND f.term = ? AND f.id > ? ORDER BY f.id LIMIT ?)
            """ + PARTS + BY_ID;

    /** CROSS JOIN because SQLite must start with the terms, in their order. */
    private static final String SCAN_UNIQUE_TERMS = """
            WITH page AS (SELECT r.kind, r.id, r.version, r.body
                            FROM panocrypt_unique_term u CROSS JOIN panocrypt_record r
                           WHERE r.kind = u.kind AND r.id = u.id
                             AND u.kind = ? AND :term >= :bound AND :term < :bound ORDER BY :term LIMIT ?)
            """ + PARTS;

    /** Parameters: kind, the lowest term, the lowest one that is too high, and the number of terms. */
    static String scanUniqueTerms(Dialect dialect) {
        return SCAN_UNIQUE_TERMS
                .replace(":term", dialect.inByteOrder("u.term"))
                .replace(":bound", dialect.inByteOrder("?"));
    }

    /**
     * The store's time, evaluated once for the whole statement; its parameter, if the dialect needs one, is the first.
     */
    private static final String MOMENT = "WITH moment AS (SELECT :now AS ms)";

    /**
     * Parameters: kind, unique term, kind of the requests. The part of each record has the epoch and the time as its
     * numbers.
     */
    private static final String SNAPSHOT =
            MOMENT + """
            ,
                 device AS (SELECT r.kind, r.id, r.version, r.body
                              FROM panocrypt_unique_term u JOIN panocrypt_record r ON r.kind = u.kind AND r.id = u.id
                             WHERE u.kind = ? AND u.term = ?),
                 page AS (SELECT kind, id, version, body FROM device
                           UNION ALL
                          SELECT r.kind, r.id, r.version, r.body
                            FROM device CROSS JOIN panocrypt_term t CROSS JOIN panocrypt_record r
                           WHERE t.kind = ? AND t.term = device.id AND r.kind = t.kind AND r.id = t.id)
            """ + PARTS.replace("0 AS n2, 0 AS n3", "(" + EPOCH + ") AS n2, (SELECT ms FROM moment) AS n3")
                    + """
            UNION ALL
            SELECT 3, device.id, g.uses, g.uses_left, g.created_ms, g.expires_ms, g.body, g.id, device.kind
              FROM device CROSS JOIN panocrypt_device_grant g
             WHERE g.device_id = device.id AND g.expires_ms > (SELECT ms FROM moment) AND g.uses_left > 0 AND g.cancelled = 0
            """;

    /** In the columns of the parts. Parameter: device. */
    private static final String GRANTS = MOMENT + """

            SELECT 3, device_id, uses, uses_left, created_ms, expires_ms, body, id, 'device'
              FROM panocrypt_device_grant
             WHERE device_id = ? AND expires_ms > (SELECT ms FROM moment) AND uses_left > 0 AND cancelled = 0
             ORDER BY id
            """;

    private static final String JOURNAL_ROW =
            "SELECT chain, sequence, entry_id, kind, time_ms, device_id, body, hash FROM panocrypt_journal ";

    private static final String NEWEST_FIRST =
            " AND (time_ms, chain, sequence) < (?, ?, ?) ORDER BY time_ms DESC, chain DESC, sequence DESC LIMIT ?";

    static final String JOURNAL = JOURNAL_ROW + "WHERE kind = ?" + NEWEST_FIRST;

    static final String JOURNAL_OF_DEVICE = JOURNAL_ROW + "WHERE device_id = ? AND kind = ?" + NEWEST_FIRST;

    static final String CHAIN = JOURNAL_ROW + "WHERE chain = ? AND sequence > ? ORDER BY sequence LIMIT ?";

    /** Jumps from chain to chain in the index, since a plain GROUP BY reads the whole journal. */
    static final String HEADS = """
            WITH RECURSIVE chains(chain) AS (
                SELECT MIN(chain) FROM panocrypt_journal
                UNION ALL
                SELECT (SELECT MIN(j.chain) FROM panocrypt_journal j WHERE j.chain > chains.chain)
                  FROM chains WHERE chains.chain IS NOT NULL)
            SELECT j.chain, j.sequence, j.hash
              FROM chains JOIN panocrypt_journal j ON j.chain = chains.chain
               AND j.sequence = (SELECT MAX(m.sequence) FROM panocrypt_journal m WHERE m.chain = chains.chain)
             ORDER BY j.chain
            """;

    static final String HEAD =
            "SELECT sequence, hash FROM panocrypt_journal WHERE chain = ? ORDER BY sequence DESC LIMIT 1";

    static final String HAS_ENTRY = "SELECT COUNT(*) FROM panocrypt_journal WHERE entry_id = ?";

    static final String INSERT_ENTRY = """
            INSERT INTO panocrypt_journal (chain, sequence, entry_id, kind, time_ms, device_id, body, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    static final String HASH_AT = "SELECT hash FROM panocrypt_journal WHERE chain = ? AND sequence = ?";

    static final String CUT_CHAIN = "DELETE FROM panocrypt_journal WHERE chain = ? AND sequence <= ?";

    static final String VERSION = "SELECT version FROM panocrypt_record WHERE kind = ? AND id = ?";

    /** How many entries have an id, and the version of a record; one statement, because each decision needs both. */
    static final String ENTRIES_AND_VERSION = "SELECT (" + HAS_ENTRY + "), (" + VERSION + ")";

    /** Parameters: grant, device, now plus the clock tolerance, now. */
    static final String SPEND = """
            UPDATE panocrypt_device_grant SET uses_left = uses_left - 1
             WHERE id = ? AND device_id = ? AND uses_left > 0 AND cancelled = 0 AND created_ms <= ? AND expires_ms > ?
            """;

    static final String HOLDER = "SELECT id FROM panocrypt_unique_term WHERE kind = ? AND term = ?";

    static final String DELETE_UNIQUE_TERMS = "DELETE FROM panocrypt_unique_term WHERE kind = ? AND id = ?";

    static final String DELETE_TERMS = "DELETE FROM panocrypt_term WHERE kind = ? AND id = ?";

    static final String INSERT_UNIQUE_TERM = "INSERT INTO panocrypt_unique_term (kind, id, term) VALUES (?, ?, ?)";

    static final String INSERT_TERM = "INSERT INTO panocrypt_term (kind, id, term) VALUES (?, ?, ?)";

    static final String DELETE_RECORD = "DELETE FROM panocrypt_record WHERE kind = ? AND id = ? AND version = ?";

    static final String DROP_RECORD = "DELETE FROM panocrypt_record WHERE kind = ? AND id = ?";

    static final String INSERT_RECORD = "INSERT INTO panocrypt_record (body, version, kind, id) VALUES (?, ?, ?, ?)";

    static final String UPDATE_RECORD =
            "UPDATE panocrypt_record SET body = ?, version = ? WHERE kind = ? AND id = ? AND version = ?";

    static final String UPDATE_GRANT = """
            UPDATE panocrypt_device_grant
               SET device_id = ?, uses = ?, uses_left = ?, created_ms = ?, expires_ms = ?, body = ?, cancelled = 0
             WHERE id = ?
            """;

    static final String INSERT_GRANT = """
            INSERT INTO panocrypt_device_grant
                (device_id, uses, uses_left, created_ms, expires_ms, body, cancelled, id)
            VALUES (?, ?, ?, ?, ?, ?, 0, ?)
            """;

    static final String BUMP_EPOCH = "UPDATE panocrypt_meta SET \"value\" = \"value\" + 1 WHERE name = 'epoch'";

    private static final String CANCEL = "UPDATE panocrypt_device_grant SET cancelled = 1 WHERE cancelled = 0";

    static final String CANCEL_ALL = CANCEL;

    static final String CANCEL_ONE = CANCEL + " AND device_id = ? AND id = ?";

    static final String CANCEL_OF_DEVICE = CANCEL + " AND device_id = ?";

    private Sql() {}

    static String snapshot(Dialect dialect) {
        return SNAPSHOT.replace(":now", dialect.now());
    }

    static String grants(Dialect dialect) {
        return GRANTS.replace(":now", dialect.now());
    }

    /** Parameters: the kind, this many terms, their number. */
    static String cancelOfTerms(int terms) {
        return CANCEL
                + " AND device_id IN (SELECT id FROM panocrypt_term WHERE kind = ? AND term IN (?"
                + ", ?".repeat(terms - 1)
                + ") GROUP BY id HAVING COUNT(*) = ?)";
    }
}
