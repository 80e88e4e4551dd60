package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.testkit.support.JavaProcess;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own, which spends the grant of {@link Spending} until it is killed. The process prints the
 * id of each act that its store has confirmed; this object reads them. Not thread-safe.
 */
public final class CrashingNode implements AutoCloseable {
    /** Ends each line, so a line that the kill truncates is not taken for an id. */
    private static final String MARK = ";";

    private static final int THREADS = 4;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Set<String> ids = new HashSet<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> reader;

    private CrashingNode(Process process) {
        this.process = process;
        this.reader = thread.submit(this::read);
    }

    /**
     * Starts a process.
     *
     * @param program its main class, on this process's class path: it opens a store and calls {@link #run}
     */
    public static CrashingNode start(Class<?> program, List<String> arguments) throws IOException {
        return new CrashingNode(JavaProcess.start(program, arguments));
    }

    /** Waits until the process confirms one more act. */
    public void awaitWork() throws InterruptedException {
        lines.drainTo(ids);
        String next = lines.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "the node does no work");
        ids.add(next);
    }

    /** Kills the process and returns the ids of all acts that it has confirmed. */
    public Set<String> kill() throws Exception {
        // Uses the handle, since Process.destroyForcibly also closes the stream being read.
        assertTrue(process.toHandle().destroyForcibly(), "the node had ended by itself");
        assertTrue(process.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "the node lives on");
        reader.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        lines.drainTo(ids);
        return Set.copyOf(ids);
    }

    private @Nullable Void read() throws IOException {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.endsWith(MARK)) {
                    lines.add(line.replace(MARK, ""));
                }
            }
            return null;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        thread.shutdownNow();
    }

    /**
     * What the process does: it spends from four threads, and edits if {@code edits}, for ever. Retries after any
     * exception of the store.
     *
     * @param prefix begins each id of this process
     */
    public static void run(Store store, String prefix, boolean edits) {
        for (int number = 0; number < THREADS; number++) {
            String mine = prefix + "-" + number + "-";
            new Thread(() -> spend(store, mine, CrashingNode::print, () -> false)).start();
        }
        if (edits) {
            edit(store, prefix + "-edit-", CrashingNode::print, () -> false);
        }
    }

    private static void print(String id) {
        System.out.print(id + MARK + "\n");
        System.out.flush();
    }

    /** Spends until it is done, and reports the id of each confirmed commit. */
    static void spend(Store store, String prefix, Consumer<String> confirmed, BooleanSupplier done) {
        for (long number = 0; !done.getAsBoolean(); number++) {
            String id = prefix + number;
            StoreWrite commit = retry(() -> Spending.commit(store, id));
            if (retry(() -> store.write(commit)).isWritten()) {
                confirmed.accept(id);
            }
        }
    }

    /** Moves the epoch until it is done, and reports the id of each confirmed edit. It pauses, so commits succeed. */
    static void edit(Store store, String prefix, Consumer<String> confirmed, BooleanSupplier done) {
        for (long number = 0; !done.getAsBoolean(); number++) {
            String id = prefix + number;
            retry(() -> store.write(Spending.moveEpoch(id)));
            confirmed.accept(id);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Repeats an act until the store throws nothing. */
    public static <T> T retry(Supplier<T> act) {
        while (true) {
            try {
                return act.get();
            } catch (StoreException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }
}
