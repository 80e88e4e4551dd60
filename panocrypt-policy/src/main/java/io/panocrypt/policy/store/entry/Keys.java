package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of everything that is stored.
 *
 * <p>A key is a name and its parts, each after an exclamation mark. That is the lowest character of a key and in no part,
 * so keys sort as their parts do. Text whose order matters is escaped, other text is hashed, numbers have 16 digits.
 */
final class Keys {
    /** The policy epoch, and cancels that some grants have not heard of. */
    static final String SHARED = "e";
    /** The position of the next outbox entry. */
    static final String NEXT_POSITION = "op";

    /** Outbox entries as they were handed in, by position. */
    static final String INBOX = "on!";
    /** Outbox entries that wait, by position. */
    static final String WAITING = "ow!";
    /** Dead letters, by position. */
    static final String DEAD = "ox!";
    /** The oldest waiting entry of each lane, by the time when it is due. */
    static final String DUE = "od!";
    /** Ids of entries that are done or dead, by the time of that. */
    static final String SETTLED = "os!";
    /** The chains' heads. */
    static final String HEADS = "h!";
    /** The devices' grants. */
    static final String LEDGERS = "g!";

    /** Escaped, a term may take three times as much, and must fit into a key. */
    private static final int MAX_LISTED_BYTES = 128;

    private static final char LOWEST_IN_PART = '"';
    private static final char HIGHEST_IN_PART = '~';

    private Keys() {}

    static String record(String kind, String id) {
        return key(records(kind) + part(id));
    }

    static String records(String kind) {
        return "r!" + part(kind) + "!";
    }

    /** Holds the id of the record with that unique term. */
    static String uniqueTerm(String kind, String term) {
        return key("u!" + part(kind) + "!" + hash(term));
    }

    /**
     * Holds the id of the record with that name, in the order of names; empty if the unique term is no name, which may be a
     * secret, or is too long.
     */
    static Optional<String> listedTerm(String kind, String term) {
        boolean isListed =
                term.startsWith(Store.NAME) && term.getBytes(StandardCharsets.UTF_8).length <= MAX_LISTED_BYTES;
        return isListed ? Optional.of(key(listedTerms(kind) + part(term))) : Optional.empty();
    }

    /** The first key of the unique terms with that prefix. */
    static String listedTerms(String kind, String prefix) {
        return listedTerms(kind) + part(prefix);
    }

    /** The end of the keys that begin so; the last character is no tilde, because that begins an escape. */
    static String endOfPrefix(String key) {
        int last = key.length() - 1;
        return key.substring(0, last) + (char) (key.charAt(last) + 1);
    }

    private static String listedTerms(String kind) {
        return "n!" + part(kind) + "!";
    }

    /** Holds the version of that record. */
    static String term(String kind, String term, String id) {
        return key(terms(kind, term) + part(id));
    }

    static String terms(String kind, String term) {
        return "t!" + part(kind) + "!" + hash(term) + "!";
    }

    static String ledger(String deviceId) {
        return key(LEDGERS + part(deviceId));
    }

    /** Holds the key of the row with that entry. */
    static String written(String entryId) {
        // Not hashed: ids grow with time, so an engine adds these keys at one end.
        return key("w!" + part(entryId));
    }

    static String head(String chain) {
        return key(HEADS + part(chain));
    }

    static String row(String chain, long sequence) {
        return key(rows(chain) + number(sequence));
    }

    static String rows(String chain) {
        return "j!" + part(chain) + "!";
    }

    /** Holds the key of the row at that position of the journal. */
    static String place(JournalEntry.Kind kind, @Nullable String deviceId, JournalQuery.Position position) {
        return key(places(kind, deviceId) + number(position.epochMilli()) + "!" + part(position.chain()) + "!"
                + number(position.sequence()));
    }

    static String places(JournalEntry.Kind kind, @Nullable String deviceId) {
        return deviceId == null ? "k!" + kind.name() + "!" : "d!" + part(deviceId) + "!" + kind.name() + "!";
    }

    static String inbox(long position) {
        return INBOX + number(position);
    }

    static String waiting(long position) {
        return WAITING + number(position);
    }

    static String dead(long position) {
        return DEAD + number(position);
    }

    /** Holds the position of the waiting entry. */
    static String due(long epochMilli, long position) {
        return DUE + number(epochMilli) + "!" + number(position);
    }

    static String dueAfter(long epochMilli) {
        return DUE + number(epochMilli + 1);
    }

    /** Holds the key of the outbox id. */
    static String settled(long epochMilli, String outboxId) {
        return settledFrom(epochMilli) + "!" + hash(outboxId);
    }

    static String settledFrom(long epochMilli) {
        return SETTLED + number(epochMilli);
    }

    /** Holds an outbox entry's position and state. */
    static String outboxId(String id) {
        return "oi!" + hash(id);
    }

    /** Holds the number of entries that wait in the lane. */
    static String lane(String lane) {
        return "ol!" + hash(lane);
    }

    static String inLane(String lane, long position) {
        return inLane(lane) + number(position);
    }

    static String inLane(String lane) {
        return lane(lane) + "!";
    }

    /** The first possible key after that one. */
    static String after(String key) {
        return key + "!";
    }

    /** The end of the keys with that prefix, which ends with an exclamation mark. */
    static String end(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + LOWEST_IN_PART;
    }

    /** Negative numbers sort before positive ones. */
    private static String number(long number) {
        return HexFormat.of().toHexDigits(number ^ Long.MIN_VALUE);
    }

    private static String hash(String text) {
        StoreText.check(text);
        return Digest.hex(text);
    }

    /** The text in printable ASCII; different texts stay different, and keep the order of their bytes in UTF-8. */
    private static String part(String text) {
        if (isPlain(text)) {
            return text;
        }
        StoreText.check(text);
        StringBuilder part = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int c = Byte.toUnsignedInt(b);
            if (c > LOWEST_IN_PART && c < HIGHEST_IN_PART) {
                part.append((char) c);
            } else {
                part.append(c <= LOWEST_IN_PART ? LOWEST_IN_PART : HIGHEST_IN_PART)
                        .append(HexFormat.of().toHexDigits(b));
            }
        }
        return part.toString();
    }

    /** Whether each character stays as it is. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= LOWEST_IN_PART || text.charAt(i) >= HIGHEST_IN_PART) {
                return false;
            }
        }
        return true;
    }

    private static String key(String key) {
        if (key.length() > EntryStore.MAX_KEY_LENGTH) {
            throw new StoreInputException("an id or a name is too long to be a key");
        }
        return key;
    }
}
