package io.panocrypt.benchmarks.ec;

import java.util.EnumSet;
import java.util.Set;

/** A row of the table: what is done, on P-521, and who can do it at all. */
enum Row {
    /**
     * The server's operation. Engines behind the project's seam go from request body to answer body, JSON included;
     * Bouncy Castle and OpenSSL do only {@link #MULTIPLY}, libjose only its exchange between parsed JWKs. So every ratio
     * to a rival is on the rival's side.
     */
    SERVER("server", EnumSet.allOf(Rival.class)),
    /** From a point's coordinates in bytes, through validation, to the product's coordinates in bytes. */
    MULTIPLY("multiply", without(Rival.LIBJOSE)),
    /** From a decoded point to the product's affine coordinates. */
    POINT("point", without(Rival.LIBJOSE)),
    /** Fixed base: a fresh key pair; in OpenSSL and Bouncy Castle only the multiplication, with no random number. */
    GENERATE("generate", without(Rival.LIBJOSE)),
    /** As {@link #GENERATE}, but OpenSSL does {@link #MULTIPLY}: the fixed base as a share of the variable base. */
    GENERATE_TO_MULTIPLY("gen/mul", EnumSet.of(Rival.OWN, Rival.OPENSSL)),
    /** An ES512 signature in its raw form over 256 bytes. */
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
