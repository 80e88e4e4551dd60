package io.panocrypt.benchmarks.load;

import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.Processors;
import io.panocrypt.benchmarks.load.client.Arrivals;
import io.panocrypt.benchmarks.load.client.Generator;
import io.panocrypt.benchmarks.load.client.InTurn;
import io.panocrypt.benchmarks.load.client.Scenario;
import io.panocrypt.benchmarks.load.client.Tally;
import io.panocrypt.benchmarks.load.report.LoadFile;
import io.panocrypt.benchmarks.load.report.LoadResults;
import io.panocrypt.benchmarks.load.report.Plan;
import io.panocrypt.benchmarks.load.report.Plot;
import io.panocrypt.benchmarks.load.report.RawSync;
import io.panocrypt.benchmarks.load.report.Subject;
import io.panocrypt.benchmarks.load.report.Turn;
import io.panocrypt.benchmarks.load.server.DebianTangd;
import io.panocrypt.benchmarks.load.server.LoadedServer;
import io.panocrypt.benchmarks.load.server.OwnServer;
import io.panocrypt.benchmarks.load.server.ProcessTree;
import io.panocrypt.benchmarks.load.stores.StoresRun;
import io.panocrypt.benchmarks.load.storm.StormRun;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The command behind {@code ./benchmarks/run load}: compares whole servers and writes a table of ratios and a JSON
 * file.
 */
public final class Load {
    private static final Duration TANGD_WARM_UP = Duration.ofSeconds(1);

    private final Plan plan;
    private final Map<Subject, LoadedServer> servers;
    private final Map<Subject, Generator> generators = new EnumMap<>(Subject.class);
    private final LoadResults results = new LoadResults();

    private Load(Plan plan, Map<Subject, LoadedServer> servers) {
        this.plan = plan;
        this.servers = servers;
        servers.forEach((subject, server) ->
                generators.put(subject, new Generator(server.address(), new InTurn<>(server.exchanges()))));
    }

    /**
     * Measures and prints.
     *
     * @param args the launcher of our server; a folder for data and results; then the options of {@link LoadOptions}
     * @throws Exception on a fault of the command itself; a failure of a server, a store or the disk ends the run with
     *     one line
     */
    public static void main(String[] args) throws Exception {
        Optional<LoadOptions> asked = args.length < 2
                ? Optional.empty()
                : LoadOptions.parse(List.of(args).subList(2, args.length));
        if (asked.isEmpty()) {
            System.err.println("usage: ./benchmarks/run load [--quick] [--pin]");
            System.err.println("       ./benchmarks/run load --stores [--quick]");
            System.err.println("       ./benchmarks/run load growth [--devices N]");
            System.err.println("       ./benchmarks/run load storm [--devices N]");
            System.exit(2);
            return;
        }
        Path launcher = Path.of(args[0]).toAbsolutePath();
        Path target = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
        try {
            run(asked.get(), launcher, target);
        } catch (IOException | StoreException e) {
            System.err.println("load: the run ended early: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(LoadOptions options, Path launcher, Path target) throws Exception {
        if (options instanceof LoadOptions.SideBySide sideBySide) {
            run(sideBySide, launcher, target);
        } else if (options instanceof LoadOptions.Stores stores) {
            StoresRun.run(stores.plan(), target);
        } else if (options instanceof LoadOptions.Growth growth) {
            GrowthRun.run(growth, launcher, target);
        } else if (options instanceof LoadOptions.Storm storm) {
            StormRun.run(storm.devices(), launcher, target);
        }
    }

    private static void run(LoadOptions.SideBySide options, Path launcher, Path target) throws Exception {
        Plan plan = options.plan();
        Path folder = Files.createTempDirectory(target, "load");
        HttpClient http = HttpClient.newHttpClient();
        Map<Subject, LoadedServer> servers = Collections.synchronizedMap(new EnumMap<>(Subject.class));
        // A signal must not leave servers running.
        Runnable close = () -> servers.values().forEach(LoadedServer::close);
        Thread stop = new Thread(close);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            Map<String, String> machine = Machine.describe();
            Optional<Places> places = options.pinned() ? Places.of(Processors.allowed()) : Optional.empty();
            // Started servers inherit this thread's processors. Afterwards the thread is pinned for the clients.
            boolean pinned = places.isPresent() && Processors.pin(places.get().servers());
            start(plan, new OwnServer(http, launcher, folder), http, folder, servers);
            pinned = pinned && Processors.pin(places.get().clients());
            machine.put("servers on", pinned ? Processors.format(places.get().servers()) : "any processor");
            machine.put("clients on", pinned ? Processors.format(places.get().clients()) : "any processor");
            machine.put("load at the start", Machine.load());
            RawSync sync = RawSync.measure(folder);
            Load load = new Load(plan, servers);
            load.warmUp();
            load.measure();
            machine.put("load at the end", Machine.load());
            machine.forEach((name, value) -> System.out.println(name + ": " + value));
            System.out.printf("write and sync of 4 KiB: p50 %.2f ms, p99 %.2f ms%n%n", sync.p50(), sync.p99());
            System.out.println(load.results.table(plan));
            LoadFile.write(target.resolve("load.json"), load.results, plan, sync, machine, Instant.now());
            Files.writeString(target.resolve("load.svg"), Plot.of(load.results.bars(plan)));
            System.out.println(load.results.lastLine());
        } finally {
            close.run();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    /** Subjects that are not installed are left out. */
    private static void start(
            Plan plan, OwnServer own, HttpClient http, Path folder, Map<Subject, LoadedServer> servers)
            throws Exception {
        if (plan.concerns(Subject.SQLITE)) {
            servers.put(Subject.SQLITE, own.onSqlite());
        }
        if (plan.concerns(Subject.POSTGRESQL) && DebianPostgresql.isInstalled()) {
            servers.put(Subject.POSTGRESQL, own.on(DebianPostgresql.start()));
        }
        if (plan.concerns(Subject.NO_STORE)) {
            servers.put(Subject.NO_STORE, own.withoutStore());
        }
        if (DebianTangd.isInstalled()) {
            servers.put(Subject.TANGD, DebianTangd.start(http, folder));
        }
    }

    private void warmUp() throws IOException {
        for (Map.Entry<Subject, Generator> entry : generators.entrySet()) {
            Duration length = entry.getKey() == Subject.TANGD ? TANGD_WARM_UP : plan.warmUp();
            System.err.println("warming up: " + entry.getKey().title());
            Tally tally = entry.getValue().run(Arrivals.of(Scenario.NEW, 0), length);
            System.err.printf("  %d answers, %d failures%n", tally.answers(), tally.failures());
        }
    }

    private void measure() throws IOException {
        for (Scenario scenario : Scenario.values()) {
            List<Subject> subjects = plan.subjects(scenario).stream()
                    .filter(servers::containsKey)
                    .toList();
            for (int round = 0; round < plan.rounds(); round++) {
                for (int turn = 0; turn < subjects.size(); turn++) {
                    Subject subject = subjects.get((round + turn) % subjects.size());
                    results.add(scenario, subject, turn(scenario, subject));
                }
            }
        }
    }

    private Turn turn(Scenario scenario, Subject subject) throws IOException {
        double full = results.median(Scenario.NEW, subject, Turn::perSecond).orElse(0.0);
        ProcessTree processes = Objects.requireNonNull(servers.get(subject)).processes();
        long before = processes.processorMillis();
        Tally tally = Objects.requireNonNull(generators.get(subject)).run(Arrivals.of(scenario, full), plan.turn());
        long spent = processes.processorMillis() - before;
        Turn turn = Turn.of(tally, plan.turn(), spent, processes.memoryKib());
        System.err.printf(
                "%s, %s: %.0f requests/s, %.2f ms of processor time, p99 %.1f ms, load %s%n",
                scenario.title(),
                subject.title(),
                turn.perSecond(),
                turn.processorMillis(),
                turn.p99(),
                Machine.load());
        return turn;
    }
}
