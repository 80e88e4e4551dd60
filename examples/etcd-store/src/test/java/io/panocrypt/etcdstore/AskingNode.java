package io.panocrypt.etcdstore;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.support.JavaProcess;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A node of the service in a process of its own. For each line with a token and a kid it lets several clients ask at once,
 * each until it is refused, and prints how many answers they got.
 */
final class AskingNode implements AutoCloseable {
    static final Curve CURVE = Curve.P_256;
    static final IpAddress SOURCE = IpAddress.parse("192.0.2.7");
    private static final int CLIENTS = 8;

    private final Process process;
    private final BufferedReader answers;

    private AskingNode(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static AskingNode start(EtcdServer server, String name, Path masterKey) throws IOException {
        return new AskingNode(JavaProcess.start(
                AskingNode.class, List.of(String.valueOf(server.port()), name, masterKey.toString())));
    }

    /** Lets the clients of this process ask; returns the number of answers. */
    int ask(String token, String kid) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8)
                .append(token + " " + kid + "\n")
                .flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the node has ended");
        }
        return Integer.parseInt(line);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Arguments: etcd's port, the node's name, the master key file. */
    public static void main(String[] arguments) throws Exception {
        try (EtcdEntryStore entries = open(Integer.parseInt(arguments[0]));
                MasterKey masterKey = MasterKey.load(Path.of(arguments[2]));
                Panocrypt node = service(entries, arguments[1], masterKey);
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                UnlockAttempt attempt = new UnlockAttempt(
                        words[0],
                        words[1],
                        RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(CURVE))),
                        Optional.of(SOURCE));
                List<Callable<Integer>> clients = Collections.nCopies(CLIENTS, () -> answers(node, attempt));
                System.out.println(Parallel.run(clients).stream()
                        .mapToInt(Integer::intValue)
                        .sum());
            }
        }
    }

    static EtcdEntryStore open(int port) {
        return EtcdEntryStore.open(EtcdServer.client(port, "four/"), InstantSource.system(), TestTimeout.MAX);
    }

    /** A service that waits as long as a busy machine needs. */
    static Panocrypt service(EtcdEntryStore entries, String name, MasterKey masterKey) {
        return Panocrypt.builder()
                .store(new EntryBackedStore(entries, name))
                .custody(SealedKeyCustody.of(masterKey))
                .publicUrl(URI.create("http://192.0.2.1"))
                .commitTimeout(TestTimeout.MAX)
                .limits(TestTimeout.SERVICE)
                .build();
    }

    /** Asks until it is refused, and again while the service is busy. */
    private static int answers(Panocrypt node, UnlockAttempt attempt) {
        int answers = 0;
        while (true) {
            UnlockResult result = node.unlock(attempt);
            if (result instanceof UnlockResult.Answered) {
                answers++;
            } else if (!(result instanceof UnlockResult.Unavailable)) {
                return answers;
            }
        }
    }
}
