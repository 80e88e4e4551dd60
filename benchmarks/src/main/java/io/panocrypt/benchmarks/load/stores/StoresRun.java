package io.panocrypt.benchmarks.load.stores;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.load.client.Callers;
import io.panocrypt.benchmarks.load.client.Tally;
import io.panocrypt.benchmarks.load.report.RawSync;
import io.panocrypt.benchmarks.load.report.Turn;
import io.panocrypt.benchmarks.load.server.Operator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** The command behind {@code ./benchmarks/run load --stores}: the same unlocks on each store, in this process. */
public final class StoresRun {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** Strong references: a logger that is garbage-collected loses its level. */
    private static final List<Logger> LOGGERS =
            List.of(Logger.getLogger("com.zaxxer.hikari"), Logger.getLogger("io.grpc"));

    private final StoresPlan plan;
    private final Path folder;
    private final Map<StoreKind, StoredService> services = Collections.synchronizedMap(new EnumMap<>(StoreKind.class));
    private final Map<StoreKind, Uses> uses = new EnumMap<>(StoreKind.class);
    private final StoresResults results = new StoresResults();

    /**
     * What clients know of the uses that they have spent.
     *
     * @param least answers
     * @param most answers and failures
     */
    private record Uses(long least, long most) {}

    private StoresRun(StoresPlan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
    }

    /**
     * Measures and prints.
     *
     * @param target where data and results are written
     */
    public static void run(StoresPlan plan, Path target) throws Exception {
        LOGGERS.forEach(logger -> logger.setLevel(Level.WARNING));
        Path folder = dataFolder(target);
        StoresRun run = new StoresRun(plan, folder);
        // A signal must not leave engines running.
        Thread stop = new Thread(run::close);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            Map<String, String> machine = Machine.describe();
            machine.put("files on", Files.getFileStore(folder).type());
            machine.put("load at the start", Machine.load());
            RawSync sync = RawSync.measure(folder);
            run.start();
            run.warmUp();
            run.measure();
            machine.put("load at the end", Machine.load());
            machine.forEach((name, value) -> System.out.println(name + ": " + value));
            System.out.printf("write and sync of 4 KiB: p50 %.2f ms, p99 %.2f ms%n%n", sync.p50(), sync.p99());
            System.out.println(run.results.table());
            ObjectNode json = run.results.json();
            json.put("date", Instant.now().toString())
                    .put("turnSeconds", plan.turn().toSeconds())
                    .set("machine", Operator.JSON.valueToTree(machine));
            json.putObject("syncMillis").put("p50", sync.p50()).put("p99", sync.p99());
            Operator.JSON
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(target.resolve("stores.json").toFile(), json);
            System.out.println(run.results.lastLine());
        } finally {
            run.close();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    /** All stores use one disk. PostgreSQL's account must be able to enter the folder if root starts it. */
    private static Path dataFolder(Path target) throws IOException {
        boolean open = true;
        for (Path part = target; part != null; part = part.getParent()) {
            open &= Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_EXECUTE);
        }
        Path parent = open ? target : Path.of(System.getProperty("java.io.tmpdir"));
        return Files.createDirectory(
                parent.resolve("stores-" + ProcessHandle.current().pid()));
    }

    private void start() throws Exception {
        for (StoreKind kind : StoreKind.values()) {
            start(kind);
            System.err.println(kind.title() + (services.containsKey(kind) ? ": started" : ": absent"));
        }
    }

    private void start(StoreKind kind) throws Exception {
        Optional<StoredService> started = StoredService.start(kind, folder);
        started.ifPresent(service -> services.put(kind, service));
        uses.put(kind, new Uses(0, 0));
    }

    private void warmUp() throws Exception {
        for (StoreKind kind : List.copyOf(services.keySet())) {
            for (Demand demand : List.of(Demand.PLAIN_MANY, Demand.SPENDING_MANY)) {
                Tally tally = ask(kind, demand, plan.warmUp());
                System.err.printf(
                        "warming up: %s, %s: %d answers, %d failures%n",
                        kind.title(), demand.title(), tally.answers(), tally.failures());
            }
        }
    }

    private void measure() throws Exception {
        List<StoreKind> order = new ArrayList<>(services.keySet());
        for (int round = 0; round < plan.rounds(); round++) {
            for (Demand demand : Demand.values()) {
                for (StoreKind kind : order) {
                    results.add(demand, kind, turn(kind, demand));
                }
            }
            Collections.reverse(order);
        }
        for (StoreKind kind : order) {
            requireExactUses(kind);
        }
    }

    private StoreTurn turn(StoreKind kind, Demand demand) throws Exception {
        if (kind == StoreKind.MEMORY) {
            // Otherwise its history would fill the heap that all stores share.
            requireExactUses(kind);
            service(kind).close();
            start(kind);
        }
        ask(kind, demand, plan.leadIn());
        // No store pays for the garbage of another one.
        System.gc();
        OpenStore store = service(kind).store();
        long engineBefore = store.engineMillis();
        long before = PROCESS.getProcessCpuTime();
        Tally tally = ask(kind, demand, plan.turn());
        long spent = TimeUnit.NANOSECONDS.toMillis(PROCESS.getProcessCpuTime() - before);
        long engineSpent = store.engineMillis() - engineBefore;
        Turn unlocks = Turn.of(tally, plan.turn(), spent, store.engineKib());
        StoreTurn turn = new StoreTurn(unlocks, (double) engineSpent / tally.answers());
        System.err.printf(
                "%s, %s: %.0f requests/s, %.2f + %.2f ms of processor time, p99 %.1f ms, load %s%n",
                demand.title(),
                kind.title(),
                unlocks.perSecond(),
                unlocks.processorMillis(),
                turn.engineMillis(),
                unlocks.p99(),
                Machine.load());
        return turn;
    }

    private Tally ask(StoreKind kind, Demand demand, Duration length) throws Exception {
        StoredService service = service(kind);
        Tally tally = Callers.run(demand.clients(), length, () -> service.unlock(demand.spends()));
        if (demand.spends()) {
            uses.computeIfPresent(
                    kind,
                    (same, known) -> new Uses(
                            known.least() + tally.answers(), known.most() + tally.answers() + tally.failures()));
        }
        return tally;
    }

    /** A store that is fast because it spends less than it answers is not measured. */
    private void requireExactUses(StoreKind kind) throws IOException {
        long spent = service(kind).spent();
        Uses known = uses.getOrDefault(kind, new Uses(0, 0));
        if (spent < known.least() || spent > known.most()) {
            throw new IOException(kind.title() + " has spent " + spent + " uses for " + known.least() + " answers");
        }
    }

    private StoredService service(StoreKind kind) {
        StoredService service = services.get(kind);
        if (service == null) {
            throw new IllegalStateException(kind.title() + " is not open");
        }
        return service;
    }

    /** Ends all engines and removes all files. */
    private synchronized void close() {
        services.values().forEach(StoredService::close);
        services.clear();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            System.err.println("files are left behind: " + e);
        }
    }
}
