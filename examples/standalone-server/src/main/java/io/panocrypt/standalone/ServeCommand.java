package io.panocrypt.standalone;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.TangKeyDirectory;
import io.panocrypt.policy.ApprovalTimes;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.HealthServlet;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.Unsealer;
import io.panocrypt.standalone.storage.DatabaseAwayException;
import io.panocrypt.standalone.storage.FirstAdministrator;
import io.panocrypt.standalone.storage.ServerLock;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import io.panocrypt.standalone.web.ConnectionLimits;
import io.panocrypt.standalone.web.Metrics;
import io.panocrypt.standalone.web.TangDirectoryEndpoint;
import io.panocrypt.standalone.web.WebServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the server until a signal stops it. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Runs the server.")
final class ServeCommand implements Runnable {
    private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());
    private static final long TLS_CHECK_SECONDS = 10;
    private static final Duration DATABASE_PAUSE = Duration.ofSeconds(1);

    /** The option of each setting of the library. */
    static final Map<String, String> OPTIONS = Map.of(
            "publicUrl", "--public-url",
            "linkBase", "--admin-url",
            "historyRetention", "--history-retention",
            "defaultCustody", "--default-custody",
            "rotateKeysAfter", "--rotate-keys-after",
            "rotatePace", "--rotate-pace",
            "approvalTimes.pending", "--approval-pending",
            "approvalTimes.window", "--approval-window",
            "approvalTimes.temporaryDeny", "--temporary-deny");

    /** The options that a Tang directory's server heeds; and {@code --data}, which promises nothing. */
    private static final Set<String> WITH_TANG = Set.of(
            "--tang-dir",
            "--tang-allow",
            "--data",
            "--listen",
            "--tls-cert",
            "--tls-key",
            "--trusted-proxy",
            "--forwarded-header",
            "--peer-connections",
            "--peer-requests",
            "--config");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private NoticeOptions notices = new NoticeOptions();

    @Mixin
    private RuleOptions rules = new RuleOptions();

    @Mixin
    private CustodyOptions custodies = new CustodyOptions();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where devices ask (default: 127.0.0.1:8080; port 0: a free one).")
    private String listen = "127.0.0.1:8080";

    @Option(
            names = "--admin-listen",
            paramLabel = "HOST:PORT",
            description = "Where operators work; then nowhere else (default: where devices ask).")
    private @Nullable String adminListen;

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "The base of unlock URLs, as machines reach it (default: where devices ask).")
    private @Nullable URI publicUrl;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Option(
            names = "--trusted-proxy",
            paramLabel = "CIDR",
            split = ",",
            description = "A proxy whose forwarding header is believed; may be given again.")
    private List<String> trustedProxies = new ArrayList<>();

    @Option(
            names = "--forwarded-header",
            paramLabel = "NAME",
            description = "The one header that trusted proxies send: forwarded (the default) or x-forwarded-for.")
    private @Nullable String forwardedHeader;

    @Option(
            names = "--peer-connections",
            paramLabel = "N",
            description =
                    "How many connections one address (IPv6: one /64) may have at once, unless it is a trusted proxy"
                            + " (default: 1000).")
    private int peerConnections = ConnectionLimits.PEER_CONNECTIONS;

    @Option(
            names = "--peer-requests",
            paramLabel = "N",
            description = "How many of its requests are worked on at once; further ones wait (default: 64).")
    private int peerRequests = ConnectionLimits.PEER_REQUESTS;

    @Option(
            names = "--approval-pending",
            paramLabel = "D",
            description = "How long an approval request outlives its last attempt, a second at least (default: 10m).")
    private Duration approvalPending = ApprovalTimes.DEFAULTS.pending();

    @Option(
            names = "--approval-window",
            paramLabel = "D",
            description = "How long an approval may be collected, a second at least (default: 5m).")
    private Duration approvalWindow = ApprovalTimes.DEFAULTS.window();

    @Option(
            names = "--temporary-deny",
            paramLabel = "D",
            description = "How long a denial refuses that source, a second at least (default: 15m).")
    private Duration temporaryDeny = ApprovalTimes.DEFAULTS.temporaryDeny();

    @Option(
            names = "--history-retention",
            paramLabel = "D",
            description = "How long history and audit are kept, a day at least, such as 400d (default: 0, for ever).")
    private Duration historyRetention = Duration.ZERO;

    @Option(
            names = "--sealed",
            description = "Answer nothing until operators have typed enough shares of the master key; see 'unseal'.")
    private boolean sealed;

    @Option(
            names = "--rotate-keys-after",
            paramLabel = "D",
            description = "Rotate keys that are advertised for so long, once a day, such as 180d (default: 0, never).")
    private Duration rotateKeysAfter = Duration.ZERO;

    @Option(
            names = "--rotate-pace",
            paramLabel = "N",
            description = "How many devices a minute --rotate-keys-after rotates (default: 60).")
    private int rotatePace = 60;

    @Option(
            names = "--root-device",
            paramLabel = "NAME",
            description = "The device that also answers at the root, /adv and /rec, where disks of a Tang server ask.")
    private @Nullable String rootDevice;

    @Option(
            names = "--tang-dir",
            paramLabel = "DIR",
            description = "Serve this Tang key directory at the root, without a store and without devices.")
    private @Nullable Path tangDirectory;

    @Option(
            names = "--tang-allow",
            paramLabel = "CIDR",
            split = ",",
            description = "Who may recover from the Tang directory (default: 127.0.0.0/8 and ::1).")
    private List<String> tangAllow = new ArrayList<>();

    @Override
    public void run() {
        List<String> problems = new ArrayList<>();
        Optional<HostAndPort> admin = Optional.ofNullable(adminListen).map(text -> address("--admin-listen", text));
        SourceAddress sources = sources(problems);
        tls.check(admin.isPresent(), problems);
        checkTang(problems);
        if (peerConnections < 1 || peerRequests < 1) {
            problems.add("--peer-connections and --peer-requests must be at least 1");
        }
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
        WebServer.Listeners listeners =
                new WebServer.Listeners(address("--listen", listen), admin, tls.files(), tls.adminFiles());
        if (tangDirectory != null) {
            serveTangDirectory(tangDirectory, listeners, sources);
        } else {
            serveDevices(listeners, sources);
        }
    }

    private void checkTang(List<String> problems) {
        if (tangDirectory == null) {
            if (!tangAllow.isEmpty()) {
                problems.add("--tang-allow goes with --tang-dir");
            }
            return;
        }
        // Only what is typed: the environment and the file may serve other commands too.
        spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(option -> !WITH_TANG.contains(option))
                .forEach(option -> problems.add(option + " does nothing with --tang-dir"));
    }

    private void serveDevices(WebServer.Listeners listeners, SourceAddress sources) {
        if (publicUrl == null && listeners.listen().isWildcard()) {
            throw StartupException.usage(List.of("--public-url is needed: machines cannot reach "
                    + listeners.listen().host()));
        }
        store.check();
        if (sealed) {
            List<String> problems = new ArrayList<>();
            store.checkSealed(problems);
            if (!problems.isEmpty()) {
                throw StartupException.usage(problems);
            }
        }
        Consumer<Panocrypt.Builder> told = notices.settings();
        List<UnlockRule> asked = rules.rules();
        Consumer<Panocrypt.Builder> kept = custodies.settings();
        Consumer<Panocrypt.Builder> typed = settings -> {
            settings.approvalTimes(new ApprovalTimes(approvalPending, approvalWindow, temporaryDeny))
                    .historyRetention(historyRetention)
                    .rotateKeysAfter(rotateKeysAfter, rotatePace);
            asked.forEach(settings::rule);
            Optional.ofNullable(publicUrl).ifPresent(settings::publicUrl);
            told.accept(settings);
            kept.accept(settings);
        };
        refuseWrong(typed);
        WebServer server = WebServer.bind(listeners, limits());
        Storage storage = store.storage(String.valueOf(server.port()));
        Optional<ServerLock> lock = storage.lockForServer();
        Metrics metrics = new Metrics(asked.stream().map(UnlockRule::name).toList());
        Consumer<Panocrypt.Builder> all = settings -> {
            typed.accept(settings.linkBase(URI.create(server.adminUrl())).listener(metrics));
            storage.lastCheckpoint().ifPresent(last -> settings.checkpointLog(last::log));
        };
        URI url = publicUrl == null ? URI.create(server.url()) : publicUrl;
        AtomicReference<Runnable> afterwards = new AtomicReference<>(() -> {});
        Thread hook = stopOnSignal(
                server, () -> Objects.requireNonNull(afterwards.get()).run());
        withoutHook(hook, () -> {
            Service opened = sealed
                    ? unseal(
                            server, key -> openInTime(server, () -> open(storage.withMasterKey(key), url, all, server)))
                    : openInTime(server, () -> open(storage, url, all, server));
            afterwards.set(() -> {
                opened.close();
                lock.ifPresent(ServerLock::close);
            });
            metrics.watch(opened.panocrypt().outbox()::status);
            listeners.pairs().forEach((listener, pair) -> metrics.watchCertificate(listener, pair::expiry));
            warnOfRootDevice(opened.panocrypt());
            server.start(opened.panocrypt(), sources, Optional.of(metrics), Optional.ofNullable(rootDevice));
            return opened;
        });
        runUntilStopped(server, listeners, () -> true);
    }

    /** The device may be made later, with this server. */
    private void warnOfRootDevice(Panocrypt panocrypt) {
        if (rootDevice != null && panocrypt.devices().byName(rootDevice).isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no device is named {0}: the root answers 404 until one is",
                    rootDevice);
        }
    }

    /** Checks the settings before anything is created. Names the options, not the library's settings. */
    private static void refuseWrong(Consumer<Panocrypt.Builder> typed) {
        Panocrypt.Builder settings = Panocrypt.builder();
        typed.accept(settings);
        List<String> problems = settings.problems().stream()
                .map(problem -> {
                    String[] words = problem.split(" ", 2);
                    return OPTIONS.getOrDefault(words[0], words[0]) + " " + words[1];
                })
                .toList();
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
    }

    private Service open(Storage storage, URI url, Consumer<Panocrypt.Builder> settings, WebServer server) {
        Service service = Service.open(storage, url, settings);
        try {
            if (!historyRetention.isZero()) {
                service.requireRetentionPrivilege();
            }
            storage.lastCheckpoint().ifPresent(last -> last.check(service.panocrypt()));
            new FirstAdministrator(storage, server.adminUrl(), System.out)
                    .make(service.panocrypt().members());
            return service;
        } catch (StoreException e) {
            service.close();
            throw storage.refusal("cannot start: ", e);
        } catch (StartupException e) {
            service.close();
            throw e;
        }
    }

    /** Starts to listen, and opens the service once enough shares are there. */
    private static Service unseal(WebServer server, Function<Supplier<MasterKey>, Service> opener) {
        Unsealer unsealer = new Unsealer(System::nanoTime);
        server.startSealed(unsealer);
        System.out.println("sealed " + server.adminUrl());
        System.out.flush();
        try {
            return unsealer.open(opener);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("stopped while sealed");
        }
    }

    /** Waits for an unreachable database, so this host may boot before the database without a restart. */
    private static Service openInTime(WebServer server, Supplier<Service> opener) {
        boolean waits = false;
        while (true) {
            try {
                Service opened = opener.get();
                if (waits) {
                    LOG.log(System.Logger.Level.INFO, "the database answers");
                }
                return opened;
            } catch (DatabaseAwayException e) {
                if (!waits) {
                    waits = true;
                    if (!server.isRunning()) {
                        server.startWaiting();
                    }
                    LOG.log(System.Logger.Level.WARNING, "waiting for the database: {0}", e.getMessage());
                }
                LockSupport.parkNanos(DATABASE_PAUSE.toNanos());
            }
        }
    }

    /**
     * Runs a start. If it fails, removes the hook, so the process ends with the failure's exit code and not that of a
     * stop.
     */
    private static <T> T withoutHook(Thread hook, Supplier<T> start) {
        try {
            return start.get();
        } catch (RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(hook);
            throw e;
        }
    }

    private void serveTangDirectory(Path directory, WebServer.Listeners listeners, SourceAddress sources) {
        if (!Files.isDirectory(directory)) {
            throw StartupException.usage(List.of("--tang-dir: " + directory + " is not a directory"));
        }
        List<String> allowed = tangAllow.isEmpty() ? List.of("127.0.0.0/8", "::1") : tangAllow;
        List<String> problems = new ArrayList<>();
        List<Cidr> blocks = cidrs("--tang-allow", allowed, problems);
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
        StandardEngine engine = new StandardEngine(new SecureRandom());
        engine.warmUp(StandardEngine.WARM_UP_MULTIPLICATIONS);
        TangKeyDirectory keys = new TangKeyDirectory(directory, engine);
        WebServer server = WebServer.bind(listeners, limits());
        server.start(
                new TangDirectoryEndpoint(keys, blocks),
                sources,
                HealthServlet.ready(keys::unreadyReason, keys::skippedFiles));
        stopOnSignal(server, () -> {});
        runUntilStopped(server, listeners, () -> keys.unreadyReason().isEmpty());
    }

    private static Thread stopOnSignal(WebServer server, Runnable afterwards) {
        Logging.last();
        Thread hook = new Thread(
                () -> {
                    server.close();
                    afterwards.run();
                    // A stop by a signal is success for a server; the JVM's own exit code would be 143.
                    Runtime.getRuntime().halt(0);
                },
                "panocrypt-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    /** @param ready polled each second until it is true; until then the server answers 503 */
    private static void runUntilStopped(WebServer server, WebServer.Listeners listeners, BooleanSupplier ready) {
        ScheduledExecutorService tlsCheck = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "panocrypt-tls");
            thread.setDaemon(true);
            return thread;
        });
        listeners.pairs().values().forEach(pair -> {
            ScheduledFuture<?> unused = tlsCheck.scheduleWithFixedDelay(
                    pair::check, TLS_CHECK_SECONDS, TLS_CHECK_SECONDS, TimeUnit.SECONDS);
        });
        try {
            while (!ready.getAsBoolean()) {
                TimeUnit.SECONDS.sleep(1);
            }
            // One that was stopped while it waited listens no longer, and its URL has no port.
            if (server.isRunning()) {
                System.out.println("ready " + server.url());
                System.out.flush();
            }
            server.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ConnectionLimits limits() {
        List<Cidr> proxies = cidrs("--trusted-proxy", trustedProxies, new ArrayList<>());
        return ConnectionLimits.ofProcess().withPeers(peerConnections, peerRequests, proxies);
    }

    private SourceAddress sources(List<String> problems) {
        List<Cidr> proxies = cidrs("--trusted-proxy", trustedProxies, problems);
        if (forwardedHeader != null && trustedProxies.isEmpty()) {
            problems.add("--forwarded-header goes with --trusted-proxy");
        }
        return switch (Objects.requireNonNullElse(forwardedHeader, "forwarded").toLowerCase(Locale.ROOT)) {
            case "forwarded" -> SourceAddress.behind(proxies, SourceAddress.Header.FORWARDED);
            case "x-forwarded-for" -> SourceAddress.behind(proxies, SourceAddress.Header.X_FORWARDED_FOR);
            default -> {
                problems.add("--forwarded-header must be forwarded or x-forwarded-for");
                yield SourceAddress.ofPeer();
            }
        };
    }

    static List<Cidr> cidrs(String option, List<String> texts, List<String> problems) {
        List<Cidr> parsed = new ArrayList<>();
        for (String text : texts) {
            try {
                parsed.add(Cidr.parse(text.strip()));
            } catch (IllegalArgumentException e) {
                problems.add(option + ": " + text + ": " + e.getMessage());
            }
        }
        return parsed;
    }

    private static HostAndPort address(String option, String text) {
        try {
            return HostAndPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw StartupException.usage(List.of(option + " " + e.getMessage()));
        }
    }
}
