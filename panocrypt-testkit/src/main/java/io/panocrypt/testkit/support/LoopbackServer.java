package io.panocrypt.testkit.support;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server program on a port of 127.0.0.1, started for a test, that can be killed, frozen and started again.
 *
 * <p>Its command line says by absolute paths where its files are, so it finds them again: its working folder is the root.
 * Of the environment it gets {@code PATH} alone, so no variable of the user changes its settings. Not thread-safe. {@link #freeze} and {@link #thaw} need the program
 * {@code kill}.
 */
public class LoopbackServer implements AutoCloseable {
    private static final int MAX_STARTS = 5;

    private final String ready;
    private Running running;

    private record Running(List<String> command, int port, Process process) {}

    /** The command line of a server. */
    @FunctionalInterface
    public interface Command {
        /** The program and its arguments, for a server that listens on that port of 127.0.0.1. */
        List<String> on(int port) throws IOException;
    }

    /**
     * Starts a server on a free port, and returns when it is ready. Tries up to five ports, since another process may take
     * one meanwhile.
     *
     * @param command called once for each port
     * @param ready a part of the line that the server prints, on either output, when it accepts connections
     * @throws IOException if the program cannot be run, or is not ready within five minutes; with what it has printed
     */
    public LoopbackServer(Command command, String ready) throws IOException {
        this.ready = ready;
        this.running = startOnFreePort(command, ready);
    }

    private static Running startOnFreePort(Command command, String ready) throws IOException {
        for (int starts = 1; ; starts++) {
            int port = LowPorts.free();
            List<String> words = command.on(port);
            try {
                return new Running(words, port, start(words, ready));
            } catch (IOException e) {
                if (starts == MAX_STARTS) {
                    throw e;
                }
            }
        }
    }

    private static Process start(List<String> words, String ready) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(new File("/")).redirectErrorStream(true);
        builder.environment().keySet().retainAll(Set.of("PATH"));
        Process process = builder.start();
        List<String> printed = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Boolean> isReady = new CompletableFuture<>();
        // Reads to the end, so the server never blocks on its log.
        Thread log = new Thread(
                () -> {
                    try (BufferedReader lines = process.inputReader()) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            if (!isReady.isDone()) {
                                printed.add(line);
                            }
                            if (line.contains(ready)) {
                                isReady.complete(true);
                            }
                        }
                    } catch (IOException e) {
                        printed.add(e.toString());
                    } finally {
                        isReady.complete(false);
                    }
                },
                words.get(0) + "-log");
        log.setDaemon(true);
        log.start();
        if (!isReady.completeOnTimeout(false, TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)
                .join()) {
            process.destroyForcibly();
            throw new IOException(words.get(0) + " does not start: " + printed);
        }
        return process;
    }

    /** The port, the same after each restart. */
    public final int port() {
        return running.port();
    }

    /** The running process; another one after each restart. */
    public final ProcessHandle process() {
        return running.process().toHandle();
    }

    /** Kills the server and its child processes as a crash would: nothing is flushed. Returns when the server has ended. */
    public final void kill() {
        List<ProcessHandle> children = process().descendants().toList();
        process().destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process().onExit().orTimeout(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Starts it again after a {@link #kill}, and returns when it is ready. */
    public final void restart() throws IOException {
        restart(port -> running.command());
    }

    /** The same with another command line, for this once. */
    public final void restart(Command command) throws IOException {
        running = new Running(running.command(), port(), start(command.on(port()), ready));
    }

    /** Stops the server in the middle of its work; connections stay open, as on a network that drops all packets. */
    public final void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it continue after {@link #freeze}. */
    public final void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Signals the server first, so it starts no more processes. Some of its children may have ended meanwhile. */
    private void signal(String name) throws IOException, InterruptedException {
        signal(name, process());
        for (ProcessHandle child : process().descendants().toList()) {
            signal(name, child);
        }
    }

    private static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (kill.waitFor() != 0 && process.isAlive()) {
            throw new IOException("process " + process.pid() + " does not take the signal " + name);
        }
    }

    /** Kills it. */
    @Override
    public void close() {
        kill();
    }
}
