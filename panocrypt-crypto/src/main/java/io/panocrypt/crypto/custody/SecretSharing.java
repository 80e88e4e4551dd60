package io.panocrypt.crypto.custody;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Shamir's secret sharing over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1: each byte of a secret is the value at 0
 * of a polynomial of its own, and the share with index x holds the values at x. Fewer shares than the threshold say nothing
 * about the secret.
 *
 * <p>Time and memory access depend on the indexes and the lengths only, never on a secret byte.
 */
final class SecretSharing {
    private SecretSharing() {}

    /**
     * Splits a secret.
     *
     * @param threshold how many shares give the secret, 1 to {@code shares}
     * @param shares how many shares to make, at most 255
     * @return the shares with the indexes 1, 2, ...; the caller wipes them
     */
    static byte[][] split(byte[] secret, int threshold, int shares, SecureRandom random) {
        byte[][] made = new byte[shares][secret.length];
        byte[] coefficients = new byte[threshold];
        for (int i = 0; i < secret.length; i++) {
            random.nextBytes(coefficients);
            coefficients[0] = secret[i];
            for (int share = 0; share < shares; share++) {
                made[share][i] = (byte) value(coefficients, share + 1);
            }
        }
        Arrays.fill(coefficients, (byte) 0);
        return made;
    }

    /** Horner's rule. */
    private static int value(byte[] coefficients, int x) {
        int value = 0;
        for (int i = coefficients.length - 1; i >= 0; i--) {
            value = multiply(value, x) ^ (coefficients[i] & 0xff);
        }
        return value;
    }

    /**
     * Interpolates the secret (Lagrange, at 0).
     *
     * @param indexes different ones from 1 to 255
     * @param shares the share of each index, all of one length
     * @return the secret, which the caller wipes; any bytes if a share is wrong or there are too few
     */
    static byte[] combine(List<Integer> indexes, List<byte[]> shares) {
        byte[] secret = new byte[shares.get(0).length];
        for (int j = 0; j < indexes.size(); j++) {
            int weight = weight(indexes, j);
            for (int i = 0; i < secret.length; i++) {
                secret[i] ^= (byte) multiply(weight, shares.get(j)[i] & 0xff);
            }
        }
        return secret;
    }

    /** The product of x / (x - own) over the other indexes x; subtraction is XOR. */
    private static int weight(List<Integer> indexes, int own) {
        int weight = 1;
        for (int k = 0; k < indexes.size(); k++) {
            if (k != own) {
                weight = multiply(weight, multiply(indexes.get(k), inverse(indexes.get(k) ^ indexes.get(own))));
            }
        }
        return weight;
    }

    /** a^254; the inverse of 0 is 0. */
    static int inverse(int a) {
        int power = a;
        int inverse = 1;
        for (int i = 0; i < 7; i++) {
            power = multiply(power, power);
            inverse = multiply(inverse, power);
        }
        return inverse;
    }

    /** The product of two bytes, in eight steps whatever they are. */
    static int multiply(int a, int b) {
        int product = 0;
        int shifted = a;
        for (int bit = 0; bit < 8; bit++) {
            product ^= -(b >>> bit & 1) & shifted;
            int carry = -(shifted >>> 7);
            shifted = shifted << 1 & 0xff ^ carry & 0x1b;
        }
        return product;
    }
}
