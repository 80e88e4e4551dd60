package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes on one etcd: together they answer each granted use once. */
@RequiresTools("etcd")
class FourNodesTest {
    private static final int NODES = 4;
    private static final int MAX_USES = 8;

    @TempDir
    private Path folder;

    private final List<AskingNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(AskingNode::close);
    }

    @Test
    @Tag("long")
    void answersExactlyAsOftenAsWasAllowedOverAHundredRounds() throws Exception {
        int rounds = 100;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path keyFile = folder.resolve("master-key");
        try (EtcdServer server = EtcdServer.start(folder);
                EtcdEntryStore entries = AskingNode.open(server.port());
                MasterKey masterKey = MasterKey.create(keyFile, new SecureRandom());
                Panocrypt operator = AskingNode.service(entries, "operator", masterKey)) {
            DeviceChange wanted = DeviceChange.none()
                    .withName("shared")
                    .withSources(AskingNode.SOURCE.toString())
                    .withCurve(AskingNode.CURVE);
            Device device = operator.devices().create(Actor.HOST, wanted);
            operator.devices().disable(Actor.HOST, device.id());
            for (int node = 0; node < NODES; node++) {
                nodes.add(AskingNode.start(server, "node-" + node, keyFile));
            }
            String kid = device.advertised().get(0).exchange().kid();
            for (int round = 0; round < rounds; round++) {
                int uses = 1 + random.nextInt(MAX_USES);
                AllowanceRequest allowance = AllowanceRequest.defaults().withUses(uses);
                operator.allowances().grant(Actor.HOST, device.id(), allowance);
                List<Callable<Integer>> asking = new ArrayList<>();
                for (AskingNode node : nodes) {
                    asking.add(() -> node.ask(device.token(), kid));
                }
                int answers = Parallel.run(asking).stream()
                        .mapToInt(Integer::intValue)
                        .sum();
                assertEquals(uses, answers, "answers in round " + round + " of seed " + seed);
            }
            Verification journal = operator.history().verify();
            assertTrue(journal.intact(), journal::toString);
        }
    }
}
