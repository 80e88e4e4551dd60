package io.panocrypt.policy.internal.records;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;

/** Generates identifiers that sort by time, and secrets that cannot be guessed. Thread-safe if its random source is. */
public final class IdGenerator {
    /** RFC 4648 section 6, lower-case. */
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    /** The same digits in ascending order of characters, so that text order is time order. */
    private static final String SORTED_BASE32 = "234567abcdefghijklmnopqrstuvwxyz";

    private final InstantSource clock;
    private final SecureRandom random;

    public IdGenerator(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /** An identifier of 26 characters: 48 bits of milliseconds, then 80 random bits. */
    public String next() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        byte[] time = ByteBuffer.allocate(8).putLong(clock.millis()).array();
        System.arraycopy(time, 2, bytes, 0, 6);
        return encode(bytes, SORTED_BASE32);
    }

    /** A lower bound for all identifiers that are generated at that time or later. */
    public static String lowest(Instant time) {
        byte[] bytes = new byte[16];
        System.arraycopy(ByteBuffer.allocate(8).putLong(time.toEpochMilli()).array(), 2, bytes, 0, 6);
        return encode(bytes, SORTED_BASE32);
    }

    /** A secret of 128 random bits: 26 characters of lower-case base32. */
    public String token() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return encode(bytes, BASE32);
    }

    private static String encode(byte[] bytes, String alphabet) {
        StringBuilder text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte b : bytes) {
            buffer = buffer << 8 | b & 255;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(alphabet.charAt(buffer >>> bits & 31));
            }
        }
        if (bits > 0) {
            text.append(alphabet.charAt(buffer << 5 - bits & 31));
        }
        return text.toString();
    }
}
