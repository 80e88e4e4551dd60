package io.panocrypt.etcdstore;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.LowPorts;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A member of etcd with its files in a folder of the test. */
final class EtcdServer extends LoopbackServer {
    private EtcdServer(Command command) throws IOException {
        super(command, "serving client traffic insecurely");
    }

    /** An etcd of one member. */
    static EtcdServer start(Path folder, String... options) throws IOException {
        return new EtcdServer(port -> {
            String peers = url(LowPorts.free());
            return command(folder, "one", port, peers, "one=" + peers, options);
        });
    }

    /** An etcd of two members, which can do nothing without each other. */
    static List<EtcdServer> startTwo(Path folder) throws Exception {
        String one = url(LowPorts.free());
        String two = url(LowPorts.free());
        String cluster = "one=" + one + ",two=" + two;
        return Parallel.run(List.of(
                () -> new EtcdServer(port -> command(folder, "one", port, one, cluster)),
                () -> new EtcdServer(port -> command(folder, "two", port, two, cluster))));
    }

    private static List<String> command(
            Path folder, String name, int port, String peers, String cluster, String... options) {
        List<String> command = new ArrayList<>(List.of("etcd", "--name", name, "--data-dir"));
        command.add(folder.resolve("etcd-" + name).toString());
        command.addAll(List.of("--listen-client-urls", url(port), "--advertise-client-urls", url(port)));
        command.addAll(List.of("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers));
        command.addAll(List.of("--initial-cluster", cluster));
        // A member that is alone elects itself sooner.
        command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
        command.addAll(List.of("--logger", "zap", "--log-outputs", "stderr"));
        command.addAll(List.of(options));
        return command;
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    URI address() {
        return URI.create(url(port()));
    }

    /** A client of its own for the keys that begin with the namespace. */
    ClientBuilder client(String namespace) {
        return client(port(), namespace);
    }

    static ClientBuilder client(int port, String namespace) {
        return Client.builder().endpoints(url(port)).namespace(ByteSequence.from(namespace, StandardCharsets.UTF_8));
    }

    /** Opens a store whose calls may take long, as on a busy machine. */
    EtcdEntryStore open(String namespace) {
        return EtcdEntryStore.open(client(namespace), InstantSource.system(), TestTimeout.MAX);
    }
}
