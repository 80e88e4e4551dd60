package io.panocrypt.crypto.custody;

import java.util.Arrays;

/** Base32 (RFC 4648, section 6) in lower case and without padding; takes the same time for all digits. */
final class Base32 {
    private static final int BITS = 5;
    private static final int INVALID = 0x100;

    private Base32() {}

    /** How many digits that many bytes have. */
    static int digits(int bytes) {
        return (8 * bytes + BITS - 1) / BITS;
    }

    static byte[] encode(byte[] bytes) {
        byte[] digits = new byte[digits(bytes.length)];
        for (int i = 0; i < digits.length; i++) {
            int bit = BITS * i;
            int high = bytes[bit / 8] & 0xff;
            int low = bit / 8 + 1 < bytes.length ? bytes[bit / 8 + 1] & 0xff : 0;
            int value = (high << 8 | low) >>> 11 - bit % 8 & 31;
            // 0 to 25 are the letters, 26 to 31 the digits from 2 on.
            int isDigit = 25 - value >> 31;
            digits[i] = (byte) ('a' + value + (isDigit & '2' - 26 - 'a'));
        }
        return digits;
    }

    /** The bytes; none if a character is no digit. Takes upper case too. */
    static byte[] decode(byte[] digits) {
        byte[] bytes = new byte[digits.length * BITS / 8];
        int buffer = 0;
        int bits = 0;
        int next = 0;
        int invalid = 0;
        for (byte digit : digits) {
            int value = value(digit | 0x20 & -(digit >>> 6));
            invalid |= value;
            buffer = (buffer << BITS | value & 31) & 0xfff;
            bits += BITS;
            if (bits >= 8) {
                bits -= 8;
                bytes[next++] = (byte) (buffer >>> bits);
            }
        }
        if ((invalid & INVALID) != 0) {
            Arrays.fill(bytes, (byte) 0);
            return new byte[0];
        }
        return bytes;
    }

    private static int value(int character) {
        int isLetter = inRange(character, 'a', 'z');
        int isDigit = inRange(character, '2', '7');
        return isLetter & character - 'a' | isDigit & character - '2' + 26 | ~(isLetter | isDigit) & INVALID;
    }

    /** All bits set if it is in the range, otherwise none. */
    private static int inRange(int character, int first, int last) {
        return ~(character - first >> 31 | last - character >> 31);
    }
}
