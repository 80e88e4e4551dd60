package io.panocrypt.policy.spi.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The end of a node's hash chain, to which the next row is linked. A store only keeps rows; this class links them.
 *
 * <p>A row's hash is SHA-256 over the previous row's hash, then chain, sequence, id, kind, time in milliseconds since
 * 1970, device and body, each as UTF-8 after its length in 4 bytes (an absent device: length -1). Immutable.
 *
 * @param chain the node's name
 * @param sequence of the last row; 0 before the first
 * @param hash of the last row; 64 zeros before the first
 */
public record ChainHead(String chain, long sequence, String hash) {
    private static final String NOTHING = "0".repeat(64);

    /** The head of a chain without rows. */
    public static ChainHead start(String chain) {
        return new ChainHead(chain, 0, NOTHING);
    }

    /** The head of a chain that ends with that row. */
    public static ChainHead of(JournalRow row) {
        return new ChainHead(row.chain(), row.sequence(), row.hash());
    }

    /** The next row of the chain, with this entry. */
    public JournalRow append(JournalEntry entry) {
        MessageDigest digest = sha256();
        digest.update(HexFormat.of().parseHex(hash));
        long next = sequence + 1;
        update(digest, chain);
        update(digest, Long.toString(next));
        update(digest, entry.id());
        update(digest, entry.kind().name());
        update(digest, Long.toString(entry.time().toEpochMilli()));
        update(digest, entry.deviceId());
        update(digest, entry.body());
        return new JournalRow(chain, next, entry, HexFormat.of().formatHex(digest.digest()));
    }

    private static void update(MessageDigest digest, @Nullable String text) {
        byte[] utf8 = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(
                ByteBuffer.allocate(4).putInt(text == null ? -1 : utf8.length).flip());
        digest.update(utf8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
