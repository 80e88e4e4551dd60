package io.panocrypt.policy;

/** What a service does each minute, for tests in other packages that let time pass. */
public final class EachMinute {
    private EachMinute() {}

    /** Flushes the counts that are due. */
    public static void flush(Panocrypt service) {
        service.history().flush();
    }

    /** Takes a checkpoint. */
    public static void checkpoint(Panocrypt service) {
        service.history().checkpoint();
    }
}
