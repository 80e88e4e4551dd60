package io.panocrypt.policy;

/** What a service does by itself each minute, for tests that let time pass; in this package, because no embedder needs it. */
public final class EachMinute {
    private EachMinute() {}

    /** Writes down what is due of what was counted. */
    public static void flush(Panocrypt service) {
        service.history().flush();
    }

    /** Takes a checkpoint. */
    public static void checkpoint(Panocrypt service) {
        service.history().checkpoint();
    }
}
