package io.panocrypt.crypto.custody;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * One of several shares of a master key: as many as its threshold give the key, and fewer say nothing about it.
 *
 * <p>Its text is one line: {@code pk1-} and 88 letters and digits (base32 of RFC 4648 in lower case) in groups of eight,
 * parted by hyphens. It says which set the share belongs to and how many are needed, and a checksum finds typing errors.
 * Upper case, other groups and spaces are accepted. Thread-safe; {@link #close} wipes the share.
 */
public final class MasterKeyShare implements AutoCloseable {
    /** The most shares of one set. */
    public static final int MAX_SHARES = 255;

    /** More than the characters of a share's text, with any grouping. */
    public static final int MAX_TEXT = 256;

    private static final String PREFIX = "pk1-";
    private static final int GROUP = 8;
    private static final byte VERSION = 1;
    private static final int SET_BYTES = 8;
    private static final int KEY_BYTES = 32;
    private static final int CHECKSUM_BYTES = 4;
    private static final int HEADER_BYTES = 1 + SET_BYTES + SET_BYTES + 2;
    private static final int BYTES = HEADER_BYTES + KEY_BYTES + CHECKSUM_BYTES;

    private final String set;
    private final String key;
    private final int threshold;
    private final int index;
    private final byte[] value;

    private MasterKeyShare(String set, String key, int threshold, int index, byte[] value) {
        this.set = set;
        this.key = key;
        this.threshold = threshold;
        this.index = index;
        this.value = value;
    }

    /**
     * Splits a master key. Each call makes another set; sets do not mix.
     *
     * @param threshold how many shares give the key, at least 2
     * @param shares how many shares to make, at least {@code threshold}, at most 255
     * @return the shares, which the caller closes
     * @throws IllegalArgumentException if the numbers are out of range
     */
    public static List<MasterKeyShare> split(MasterKey master, int threshold, int shares, SecureRandom random) {
        if (threshold < 2 || shares < threshold || shares > MAX_SHARES) {
            throw new IllegalArgumentException(
                    "the threshold must be 2 at least, and the number of shares from the threshold to " + MAX_SHARES);
        }
        byte[] id = new byte[SET_BYTES];
        random.nextBytes(id);
        String set = HexFormat.of().formatHex(id);
        byte[] secret = master.copy();
        try {
            byte[][] values = SecretSharing.split(secret, threshold, shares, random);
            List<MasterKeyShare> made = new ArrayList<>();
            for (int i = 0; i < shares; i++) {
                made.add(new MasterKeyShare(set, shortened(master), threshold, i + 1, values[i]));
            }
            return made;
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static String shortened(MasterKey master) {
        return master.fingerprint().substring(0, 2 * SET_BYTES);
    }

    /**
     * Puts shares together.
     *
     * @param shares stay the caller's; more than needed are all checked
     * @return the key, which the caller closes
     * @throws IllegalArgumentException if they are too few or of several sets, if one comes twice, or if they do not give
     *     the key that was split
     */
    public static MasterKey combine(List<MasterKeyShare> shares) {
        if (shares.isEmpty()) {
            throw new IllegalArgumentException("there is no share");
        }
        MasterKeyShare first = shares.get(0);
        if (shares.stream().anyMatch(share -> !share.isOfSetOf(first))) {
            throw new IllegalArgumentException("the shares belong to several sets");
        }
        if (shares.stream().mapToInt(MasterKeyShare::index).distinct().count() < shares.size()) {
            throw new IllegalArgumentException("one share was given twice");
        }
        if (shares.size() < first.threshold) {
            throw new IllegalArgumentException(
                    "these are " + shares.size() + " shares, and " + first.threshold + " are needed");
        }
        MasterKey combined = combined(shares.subList(0, first.threshold));
        // Each further share replaces the first one once, so that a wrong one cannot hide.
        for (int i = first.threshold; i < shares.size(); i++) {
            List<MasterKeyShare> others = new ArrayList<>(shares.subList(1, first.threshold));
            others.add(shares.get(i));
            try {
                combined(others).close();
            } catch (IllegalArgumentException e) {
                combined.close();
                throw e;
            }
        }
        return combined;
    }

    private static MasterKey combined(List<MasterKeyShare> shares) {
        MasterKey master = MasterKey.owning(SecretSharing.combine(
                shares.stream().map(MasterKeyShare::index).toList(),
                shares.stream().map(share -> share.value).toList()));
        if (!shortened(master).equals(shares.get(0).key)) {
            master.close();
            throw new IllegalArgumentException("one of the shares is wrong: together they do not give the key");
        }
        return master;
    }

    /** Whether both came from one split. */
    public boolean isOfSetOf(MasterKeyShare other) {
        return set.equals(other.set) && key.equals(other.key) && threshold == other.threshold;
    }

    /** The set of this share: 16 hexadecimal digits. */
    public String set() {
        return set;
    }

    /** The beginning of the {@linkplain MasterKey#fingerprint fingerprint} of the key that was split: 16 digits. */
    public String keyFingerprint() {
        return key;
    }

    /** How many shares give the key. */
    public int threshold() {
        return threshold;
    }

    /** The number of this share in its set, from 1. */
    public int index() {
        return index;
    }

    /**
     * Reads a share.
     *
     * @param text ASCII, at most {@link #MAX_TEXT} characters, with any spaces and line feeds; stays the caller's
     * @return the share, which the caller closes
     * @throws IllegalArgumentException if it is no share or mistyped; the message does not quote it
     */
    public static MasterKeyShare parse(byte[] text) {
        byte[] digits = withoutGroups(text);
        byte[] bytes = digits.length == Base32.digits(BYTES) ? Base32.decode(digits) : new byte[0];
        Arrays.fill(digits, (byte) 0);
        try {
            if (bytes.length != BYTES) {
                throw new IllegalArgumentException("that is no share of a master key: it begins with " + PREFIX
                        + ", and " + Base32.digits(BYTES) + " letters and digits follow");
            }
            byte[] sum = checksum(bytes);
            if (!MessageDigest.isEqual(sum, Arrays.copyOfRange(bytes, BYTES - CHECKSUM_BYTES, BYTES))) {
                throw new IllegalArgumentException("the share is mistyped or damaged: its checksum does not match");
            }
            return read(ByteBuffer.wrap(bytes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static MasterKeyShare read(ByteBuffer bytes) {
        if (bytes.get() != VERSION) {
            throw new IllegalArgumentException("the share was made by a later release");
        }
        byte[] id = new byte[SET_BYTES];
        bytes.get(id);
        String set = HexFormat.of().formatHex(id);
        bytes.get(id);
        String key = HexFormat.of().formatHex(id);
        int threshold = bytes.get() & 0xff;
        int index = bytes.get() & 0xff;
        if (threshold < 2 || index < 1) {
            throw new IllegalArgumentException("the share says something impossible");
        }
        byte[] value = new byte[KEY_BYTES];
        bytes.get(value);
        return new MasterKeyShare(set, key, threshold, index, value);
    }

    /** The characters behind the prefix without hyphens and white space; nothing if the prefix is missing. */
    private static byte[] withoutGroups(byte[] text) {
        byte[] kept = new byte[text.length];
        int length = 0;
        for (byte character : text) {
            boolean parts = character == ' ' || character == '-' || character == '\n' || character == '\r';
            kept[length] = character;
            length += parts ? 0 : 1;
        }
        byte[] prefix = PREFIX.substring(0, PREFIX.length() - 1).getBytes(StandardCharsets.US_ASCII);
        boolean begins = length >= prefix.length;
        for (int i = 0; begins && i < prefix.length; i++) {
            begins = (kept[i] | 0x20) == (prefix[i] | 0x20);
        }
        byte[] digits = begins ? Arrays.copyOfRange(kept, prefix.length, length) : new byte[0];
        Arrays.fill(kept, (byte) 0);
        return digits;
    }

    private static byte[] checksum(byte[] share) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(share, 0, BYTES - CHECKSUM_BYTES);
            return Arrays.copyOf(digest.digest(), CHECKSUM_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The text of this share without a line feed, in ASCII; the caller wipes it. */
    public byte[] text() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .put(HexFormat.of().parseHex(set))
                .put(HexFormat.of().parseHex(key))
                .put((byte) threshold)
                .put((byte) index)
                .put(value)
                .array();
        System.arraycopy(checksum(bytes), 0, bytes, BYTES - CHECKSUM_BYTES, CHECKSUM_BYTES);
        byte[] digits = Base32.encode(bytes);
        Arrays.fill(bytes, (byte) 0);
        byte[] text = new byte[PREFIX.length() + digits.length + (digits.length - 1) / GROUP];
        System.arraycopy(PREFIX.getBytes(StandardCharsets.US_ASCII), 0, text, 0, PREFIX.length());
        for (int i = 0; i < digits.length; i++) {
            int at = PREFIX.length() + i + i / GROUP;
            if (i > 0 && i % GROUP == 0) {
                text[at - 1] = '-';
            }
            text[at] = digits[i];
        }
        Arrays.fill(digits, (byte) 0);
        return text;
    }

    /** The same value, as if it were of the other's set. For tests. */
    MasterKeyShare in(MasterKeyShare other) {
        return new MasterKeyShare(other.set, other.key, other.threshold, index, value);
    }

    /** Which share it is, without its secret. */
    @Override
    public String toString() {
        return "share " + index + " of set " + set + ", of which " + threshold + " give the key " + key;
    }

    /** Wipes the share; a second call does nothing. */
    @Override
    public void close() {
        Arrays.fill(value, (byte) 0);
    }
}
