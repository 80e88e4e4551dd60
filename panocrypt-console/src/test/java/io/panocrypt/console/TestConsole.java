package io.panocrypt.console;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.ServiceLimits;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.servlet.OperatorDirectory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A console in a real container on a free loopback port, below a context path, with a site and a clock of its own. */
final class TestConsole {
    static final String HOME = "10.0.0.1";
    static final String OTHER = "10.0.0.2";

    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    final Clock clock = new Clock();
    final AtomicBoolean storeIsAway = new AtomicBoolean();
    final Panocrypt panocrypt;
    final Members.Issued alice;
    final Members.Issued bob;
    final Members.Issued victor;
    private final MasterKey master;
    private final Server server;

    /** A clock that stands still until it is moved. */
    static final class Clock implements InstantSource {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-30T02:14:05.250Z"));

        @Override
        public Instant instant() {
            return now.get();
        }

        void advance(Duration by) {
            now.updateAndGet(time -> time.plus(by));
        }
    }

    TestConsole(Path directory) throws Exception {
        this(directory, panocrypt -> Optional.empty());
    }

    TestConsole(Path directory, Function<Panocrypt, Optional<OperatorDirectory>> operators) throws Exception {
        SecureRandom random = new SecureRandom();
        master = MasterKey.create(directory.resolve("master-key"), random);
        panocrypt = Panocrypt.builder()
                .store(breakable(new MemoryStore(clock, "test-node")))
                .custody(new SealedKeyCustody(master, new JcaEngine(random), random))
                .publicUrl(URI.create("https://unlock.example"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(new ServiceLimits(MAX_WAIT, ServiceLimits.DEFAULTS.requestsAtOnce()))
                .build();
        panocrypt.members().createFirstAdministrator();
        alice = member("alice", Role.APPROVER);
        bob = member("bob", Role.APPROVER);
        victor = member("victor", Role.VIEWER);
        server = new Server(new InetSocketAddress("127.0.0.1", 0));
        ServletContextHandler context = new ServletContextHandler("/app");
        ServletHolder holder = new ServletHolder(new ConsoleServlet(
                panocrypt,
                operators.apply(panocrypt),
                clock,
                () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos()));
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/console/*");
        server.setHandler(context);
        server.start();
    }

    private Store breakable(MemoryStore memory) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class, OutboxStore.class},
                (proxy, method, arguments) -> {
                    if (storeIsAway.get()) {
                        throw new StoreException("away");
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    Members.Issued member(String name, Role role) {
        return panocrypt.members().create(Actor.HOST, new MemberChange(name, role, null), null);
    }

    /** Alice and Bob decide about devices with the tag {@code prod}. */
    void group(int quorum) {
        panocrypt
                .approvalGroups()
                .create(
                        Actor.HOST,
                        new ApprovalGroups.Change(
                                "ops",
                                Set.of("prod"),
                                Set.of(alice.member().id(), bob.member().id()),
                                quorum));
    }

    /** A device on P-256, whose keys are cheap to make, which admits 10.0.0.0/24. */
    Device device(String name, String... tags) {
        return panocrypt
                .devices()
                .create(
                        Actor.HOST,
                        DeviceChange.none()
                                .withName(name)
                                .withTags(tags)
                                .withSources("10.0.0.0/24")
                                .withCurve(Curve.P_256));
    }

    UnlockResult unlock(Device device, String source) {
        try {
            var exchange = device.advertised().get(0).exchange();
            return panocrypt.unlock(new UnlockAttempt(
                    device.token(),
                    exchange.kid(),
                    RecoveryRequest.parse(exchange.toJson().getBytes(StandardCharsets.UTF_8)),
                    Optional.of(IpAddress.parse(source))));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The id of the newest request from that source. */
    String waits(Device device, String source) {
        unlock(device, source);
        return panocrypt.approvals().newest(100).stream()
                .filter(request -> request.source().equals(IpAddress.parse(source)))
                .filter(request -> request.deviceId().equals(device.id()))
                .max(Comparator.comparing(ApprovalRequest::id))
                .orElseThrow()
                .id();
    }

    ApprovalRequest request(String id) {
        return panocrypt.approvals().get(id);
    }

    ApprovalRequest.State state(String id) {
        return panocrypt.approvals().state(request(id));
    }

    /** @param path below the console */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + "/app/console" + path);
    }

    int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    TestBrowser browser() {
        return new TestBrowser(this);
    }

    void close() throws Exception {
        storeIsAway.set(false);
        server.stop();
        panocrypt.close();
        master.close();
    }
}
