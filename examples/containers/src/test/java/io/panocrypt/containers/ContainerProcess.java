package io.panocrypt.containers;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.servlet.PanocryptServlets;
import io.panocrypt.testkit.support.TestTimeout;
import io.panocrypt.testkit.wire.PanocryptWireContract.Target;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A service with one device in a container, in a process of its own that has no other container on its class path. */
final class ContainerProcess {
    static final String PREFIX = "/unlock";
    /** Before each line that an access log would hold. */
    static final String ACCESS = "access ";

    static final String READY = "ready ";
    private static final Duration NEVER = Duration.ofDays(1);

    private ContainerProcess() {}

    /** Serves until its input ends; prints port, token, hidden thumbprint, kid and the administrator's token. */
    public static void main(String[] arguments) throws Exception {
        Container container =
                (Container) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        MemoryStore store = new MemoryStore(InstantSource.system(), "node-1");
        Path folder = Files.createTempDirectory("container");
        try (MasterKey masterKey = Panocrypt.openMasterKey(store, folder.resolve("master-key"), new SecureRandom());
                Panocrypt panocrypt = Panocrypt.builder()
                        .store(store)
                        .custody(SealedKeyCustody.of(masterKey))
                        .publicUrl(URI.create("http://127.0.0.1" + Container.CONTEXT + PREFIX))
                        .limits(TestTimeout.SERVICE)
                        .commitTimeout(TestTimeout.MAX)
                        .build()) {
            Target target = Target.create(panocrypt);
            String admin = panocrypt.members().createFirstAdministrator().orElseThrow();
            int port = container.start(
                    PanocryptServlets.of(panocrypt).prefix(PREFIX).bodyTimeout(NEVER),
                    Container.Targets.valueOf(arguments[1]));
            Device device = panocrypt.devices().byName("web-1").orElseThrow();
            String kid = device.advertised().get(0).exchange().kid();
            System.out.println(
                    READY + String.join(" ", List.of("" + port, target.token(), target.hidden(), kid, admin)));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            while (in.readLine() != null) {
                Thread.onSpinWait();
            }
        }
        // Containers keep threads that are no daemons.
        System.exit(0);
    }
}
