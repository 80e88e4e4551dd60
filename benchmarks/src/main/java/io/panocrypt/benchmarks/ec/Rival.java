package io.panocrypt.benchmarks.ec;

/** A column of the table: the implementation that does the work. */
enum Rival {
    OWN("own"),
    SUN_EC("sunec"),
    CORRETTO("corretto"),
    BOUNCY_CASTLE("bc"),
    OPENSSL("openssl"),
    LIBJOSE("libjose");

    private final String heading;

    Rival(String heading) {
        this.heading = heading;
    }

    String heading() {
        return heading;
    }
}
