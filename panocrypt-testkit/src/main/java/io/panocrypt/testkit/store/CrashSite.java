package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Store;
import java.util.List;

/** An engine that can be killed, with an empty store on it, for {@link CrashRounds}. */
public interface CrashSite {
    /** A node of this process, always the same. It outlives the engine's kills. */
    Store survivor();

    /** The main class of a node in a process of its own: it opens the store and calls {@link CrashingNode#run}. */
    Class<?> program();

    /**
     * What that class needs.
     *
     * @param prefix begins the ids of this process
     */
    List<String> arguments(String prefix);

    /** Kills the engine as a crash would, so nothing is flushed, and starts it again. */
    void restartEngine() throws Exception;
}
