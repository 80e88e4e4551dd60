package io.panocrypt.etcdstore;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A member of etcd on loopback, started by the test, with its files in a folder of the test. */
final class EtcdServer implements AutoCloseable {
    private static final int MAX_STARTS = 5;

    private final Path folder;
    private final String name;
    private final int port;
    private final String peers;
    private final String cluster;
    private final List<String> options;
    private Process process;

    private EtcdServer(Path folder, String name, int peerPort, String cluster, List<String> options)
            throws IOException {
        this.folder = folder;
        this.name = name;
        this.port = LowPorts.free();
        this.peers = url(peerPort);
        this.cluster = cluster;
        this.options = options;
        this.process = start();
    }

    /** An etcd of one member. */
    static EtcdServer start(Path folder, String... options) throws IOException {
        for (int starts = 1; ; starts++) {
            int peerPort = LowPorts.free();
            try {
                return new EtcdServer(folder, "one", peerPort, "one=" + url(peerPort), List.of(options));
            } catch (IOException e) {
                if (starts == MAX_STARTS) {
                    throw e;
                }
            }
        }
    }

    /** An etcd of two members, which can do nothing without each other. */
    static List<EtcdServer> startTwo(Path folder) throws Exception {
        int one = LowPorts.free();
        int two = LowPorts.free();
        String cluster = "one=" + url(one) + ",two=" + url(two);
        return Parallel.run(List.of(
                () -> new EtcdServer(folder, "one", one, cluster, List.of()),
                () -> new EtcdServer(folder, "two", two, cluster, List.of())));
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    URI address() {
        return URI.create(url(port));
    }

    int port() {
        return port;
    }

    /** A client of its own for the keys that begin with the namespace. */
    ClientBuilder client(String namespace) {
        return client(port, namespace);
    }

    static ClientBuilder client(int port, String namespace) {
        return Client.builder().endpoints(url(port)).namespace(ByteSequence.from(namespace, StandardCharsets.UTF_8));
    }

    /** Kills the process like a crash: nothing is flushed. */
    void kill() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** Restarts it on the same ports with the same files. */
    void startAgain() throws IOException {
        process = start();
    }

    /** Stops it in the middle of whatever it does; connections stay open. */
    void freeze() throws Exception {
        signal("-STOP");
    }

    void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("cannot send " + signal);
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of("etcd", "--name", name, "--data-dir"));
        command.add(folder.resolve("etcd-" + name).toString());
        command.addAll(List.of("--listen-client-urls", address().toString()));
        command.addAll(List.of("--advertise-client-urls", address().toString()));
        command.addAll(List.of("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers));
        command.addAll(List.of("--initial-cluster", cluster));
        // A member that is alone elects itself sooner.
        command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
        command.addAll(List.of("--logger", "zap", "--log-outputs", "stderr"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        Process started = builder.start();
        List<String> said = new ArrayList<>();
        BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.add(line);
            if (line.contains("serving client traffic insecurely")) {
                drain(lines);
                return started;
            }
        }
        throw new IOException("etcd did not start: " + said);
    }

    /** Reads the log, so the server never blocks on writing it. */
    private static void drain(BufferedReader lines) {
        Thread drain = new Thread(() -> lines.lines().forEach(line -> {}), "etcd-log");
        drain.setDaemon(true);
        drain.setUncaughtExceptionHandler((thread, closedWithTheProcess) -> {});
        drain.start();
    }

    @Override
    public void close() {
        kill();
    }
}
