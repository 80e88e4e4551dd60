package io.panocrypt.benchmarks.ec;

import java.util.EnumSet;
import java.util.Set;

/** A row of the table: an operation on P-521, and the rivals that support it. */
enum Row {
    /**
     * The server's operation. Engines of the project go from request body to answer body, including JSON. Bouncy Castle
     * and OpenSSL do only {@link #MULTIPLY}, libjose only its exchange between parsed JWKs. So every ratio favours the
     * rival.
     */
    SERVER("server", EnumSet.allOf(Rival.class)),
    /** From a point's coordinates in bytes, through validation, to the product's coordinates in bytes. */
    MULTIPLY("multiply", without(Rival.LIBJOSE)),
    /** From a decoded point to the product's affine coordinates. */
    POINT("point", without(Rival.LIBJOSE)),
    /**
     * Fixed base: generates a key pair. OpenSSL and Bouncy Castle do only the multiplication, without random numbers.
     */
    GENERATE("generate", without(Rival.LIBJOSE)),
    /** Like {@link #GENERATE}, but OpenSSL does {@link #MULTIPLY}: compares fixed base to variable base. */
    GENERATE_TO_MULTIPLY("gen/mul", EnumSet.of(Rival.OWN, Rival.OPENSSL)),
    /** Signs 256 bytes with ES512; the signature has its raw form. */
    SIGN("sign", without(Rival.LIBJOSE));

    private final String title;
    private final Set<Rival> rivals;

    Row(String title, Set<Rival> rivals) {
        this.title = title;
        this.rivals = rivals;
    }

    String title() {
        return title;
    }

    boolean concerns(Rival rival) {
        return rivals.contains(rival);
    }

    private static Set<Rival> without(Rival rival) {
        return EnumSet.complementOf(EnumSet.of(rival));
    }
}
