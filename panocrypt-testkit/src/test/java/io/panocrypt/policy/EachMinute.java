package io.panocrypt.policy;

/**
 * Runs the service's periodic tasks on request, for tests with their own clock. In this package, because embedders do
 * not need it.
 */
public final class EachMinute {
    private EachMinute() {}

    /** Writes the counts that are due. */
    public static void flush(Panocrypt service) {
        service.history().flush();
    }

    /** Takes a checkpoint. */
    public static void checkpoint(Panocrypt service) {
        service.history().checkpoint();
    }
}
