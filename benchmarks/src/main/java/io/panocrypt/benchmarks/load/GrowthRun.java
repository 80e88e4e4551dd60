package io.panocrypt.benchmarks.load;

import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.load.client.Arrivals;
import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.client.Generator;
import io.panocrypt.benchmarks.load.client.Scenario;
import io.panocrypt.benchmarks.load.client.Tally;
import io.panocrypt.benchmarks.load.report.GrowthResults;
import io.panocrypt.benchmarks.load.report.Plot;
import io.panocrypt.benchmarks.load.report.Turn;
import io.panocrypt.benchmarks.load.server.Fleet;
import io.panocrypt.benchmarks.load.server.FleetMaker;
import io.panocrypt.benchmarks.load.server.Heap;
import io.panocrypt.benchmarks.load.server.Operator;
import io.panocrypt.benchmarks.load.server.ProcessTree;
import io.panocrypt.benchmarks.load.server.StartedServer;
import io.panocrypt.benchmarks.load.server.Verification;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.net.IpAddress;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** The command behind {@code ./benchmarks/run load growth}: the same server with few and with many devices in its store. */
final class GrowthRun {
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration TURN = Duration.ofSeconds(5);
    private static final int ROUNDS = 5;
    private static final long SEED = 5;
    private static final Arrivals ARRIVALS = Arrivals.of(Scenario.NEW, 0);

    /** One of the measured servers. */
    private record Grown(int devices, StartedServer server, Generator clients) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path launcher;
    private final Path fleets;

    private GrowthRun(Path launcher, Path fleets) {
        this.launcher = launcher;
        this.fleets = fleets;
    }

    /**
     * Measures and prints.
     *
     * @param target where devices are kept for the next run and results are written
     */
    static void run(LoadOptions.Growth options, Path launcher, Path target) throws Exception {
        GrowthRun run = new GrowthRun(launcher, target.resolve("fleets"));
        List<Grown> servers = new ArrayList<>();
        Runnable close = () -> servers.forEach(grown -> grown.server().close());
        Thread stop = new Thread(close);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            Map<String, String> machine = new LinkedHashMap<>(Machine.describe());
            for (int devices : options.sizes()) {
                run.prepare(devices);
            }
            for (int devices : options.sizes()) {
                servers.add(run.start(devices));
            }
            machine.put("load at the start", Machine.load());
            GrowthResults results = measure(servers);
            machine.put("load at the end", Machine.load());
            for (Grown grown : servers) {
                results.ended(
                        grown.devices(),
                        new GrowthResults.Server(
                                grown.server().starting(),
                                Heap.usedKib(grown.server().process().toHandle()),
                                grown.server().processes().peakKib(),
                                Files.size(run.data(grown.devices()).resolve("panocrypt.db"))));
            }
            machine.forEach((name, value) -> System.out.println(name + ": " + value));
            System.out.println();
            System.out.println(results.table());
            Operator.JSON
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(
                            target.resolve("growth.json").toFile(),
                            results.json()
                                    .put("date", Instant.now().toString())
                                    .set("machine", Operator.JSON.valueToTree(machine)));
            Files.writeString(target.resolve("growth.svg"), Plot.of(results.bars()));
            System.out.println(results.lastLine());
        } finally {
            close.run();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private Path folder(int devices) {
        return fleets.resolve(Integer.toString(devices));
    }

    private Path data(int devices) {
        return folder(devices).resolve("data");
    }

    private Path list(int devices) {
        return folder(devices).resolve("devices");
    }

    private StartedServer startServer(int devices) throws IOException {
        return StartedServer.start(
                launcher,
                folder(devices).resolve("log"),
                List.of("--data", data(devices).toString()));
    }

    /**
     * Creates the devices unless an earlier run did. The list of devices is written last, so it marks a complete store.
     */
    private void prepare(int devices) throws Exception {
        if (Files.exists(list(devices))) {
            System.err.println(devices + " devices: those of a run before this one");
            return;
        }
        removeUnfinished(folder(devices));
        System.err.println(devices + " devices: making them");
        long start = System.nanoTime();
        String access;
        try (StartedServer server = startServer(devices)) {
            access = Operator.administrator(http, server.url(), data(devices))
                    .create("network-access-lists", "{\"name\":\"load\",\"cidrs\":[\"127.0.0.0/30\"]}")
                    .path("id")
                    .asText();
        }
        DeviceChange model =
                DeviceChange.none().withTags("load").withSources("192.0.2.0/24").withNetworkAccessLists(access);
        Fleet fleet = new FleetMaker(
                        data(devices),
                        number -> model.withName("load-" + number),
                        Optional.of(IpAddress.parse("127.0.0.1")))
                .make(devices);
        try (StartedServer server = startServer(devices)) {
            long rows = Verification.rows(launcher, server, data(devices));
            if (rows < 2L * devices) {
                throw new IOException("the history has " + rows + " rows only");
            }
            System.err.printf("  %d rows of history, all intact%n", rows);
        }
        fleet.write(list(devices));
        System.err.printf(
                "  %d s%n", Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    /** Removes what an interrupted run left: its store would refuse the same devices again. */
    static void removeUnfinished(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Grown start(int devices) throws Exception {
        Fleet fleet = Fleet.read(list(devices));
        StartedServer server = startServer(devices);
        try {
            Fleet.Questions questions = fleet.ask(new Binding(http), server.url());
            return new Grown(devices, server, new Generator(server.address(), questions.drawn(new Random(SEED))));
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }

    private static GrowthResults measure(List<Grown> servers) throws IOException {
        for (Grown grown : servers) {
            System.err.println("warming up: " + grown.devices() + " devices");
            Tally tally = grown.clients().run(ARRIVALS, WARM_UP);
            System.err.printf("  %d answers, %d failures%n", tally.answers(), tally.failures());
        }
        GrowthResults results = new GrowthResults();
        for (int round = 0; round < ROUNDS; round++) {
            for (int turn = 0; turn < servers.size(); turn++) {
                Grown grown = servers.get((round + turn) % servers.size());
                ProcessTree processes = grown.server().processes();
                long before = processes.processorMillis();
                Tally tally = grown.clients().run(ARRIVALS, TURN);
                long spent = processes.processorMillis() - before;
                Turn made = Turn.of(tally, TURN, spent, processes.memoryKib());
                results.add(grown.devices(), made);
                System.err.printf(
                        "%d devices: %.0f requests/s, %.3f ms of processor time, p99 %.1f ms, load %s%n",
                        grown.devices(), made.perSecond(), made.processorMillis(), made.p99(), Machine.load());
            }
        }
        return results;
    }
}
