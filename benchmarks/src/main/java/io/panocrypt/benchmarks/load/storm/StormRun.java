package io.panocrypt.benchmarks.load.storm;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.report.Plot;
import io.panocrypt.benchmarks.load.server.Fleet;
import io.panocrypt.benchmarks.load.server.FleetMaker;
import io.panocrypt.benchmarks.load.server.Heap;
import io.panocrypt.benchmarks.load.server.Operator;
import io.panocrypt.benchmarks.load.server.StartedServer;
import io.panocrypt.benchmarks.load.server.ThreadCount;
import io.panocrypt.benchmarks.load.server.Verification;
import io.panocrypt.policy.model.DeviceChange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command behind {@code ./benchmarks/run load storm}: thousands of machines boot at once against a server that has
 * just started. Some of them wait for an approval.
 */
public final class StormRun {
    /** Each device needs an address of its own in 127.0.0.0/8, and a file descriptor in each of two processes. */
    public static final int MAX_DEVICES = 15_000;

    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final int APPROVERS = 4;
    /** One machine in ten needs an approval. */
    private static final int ONE_WAITS_OF = 10;

    /** Extra devices, unlocked before the storm to learn the answers of all shared keys. */
    private static final int PROBES = 64;

    /** Number of hosts per value of the address's third byte. */
    private static final int HOSTS = 250;

    private static final int PAGE = 500;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path launcher;
    private final Path folder;
    private final int devices;

    private StormRun(Path launcher, Path folder, int devices) {
        this.launcher = launcher;
        this.folder = folder;
        this.devices = devices;
    }

    /**
     * Measures and prints. Exits with 1 if a device got no key, or an answer that policy does not explain.
     *
     * @param devices how many boot, at most {@link #MAX_DEVICES}
     * @param target where data and results are written
     */
    public static void run(int devices, Path launcher, Path target) throws Exception {
        StormRun run = new StormRun(launcher, Files.createTempDirectory(target, "storm"), devices);
        List<String> approvers = run.createApprovers();
        System.err.println(devices + " devices: making them");
        Fleet fleet = new FleetMaker(run.data(), StormRun::device, Optional.empty()).make(PROBES + devices);
        StartedServer server = run.startServer();
        Thread stop = new Thread(server::close);
        Runtime.getRuntime().addShutdownHook(stop);
        boolean good;
        try {
            StormResults results = run.storm(server, fleet, approvers);
            Map<String, String> machine = new LinkedHashMap<>(Machine.describe());
            machine.put("load at the end", Machine.load());
            machine.forEach((name, value) -> System.out.println(name + ": " + value));
            System.out.println();
            System.out.println(results.text());
            Operator.JSON
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(
                            target.resolve("storm.json").toFile(),
                            results.json()
                                    .put("date", Instant.now().toString())
                                    .set("machine", Operator.JSON.valueToTree(machine)));
            Files.writeString(target.resolve("storm.svg"), Plot.of(results.bars()));
            System.out.println(results.lastLine());
            good = results.isGood();
        } finally {
            server.close();
            Runtime.getRuntime().removeShutdownHook(stop);
        }
        if (!good) {
            System.exit(1);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private StartedServer startServer() throws IOException {
        return StartedServer.start(launcher, folder.resolve("log"), List.of("--data", data().toString()));
    }

    private List<String> createApprovers() throws Exception {
        try (StartedServer server = startServer()) {
            return Approvers.create(Operator.administrator(http, server.url(), data()), APPROVERS);
        }
    }

    /** Each device has its own address and allows no other. */
    private static DeviceChange device(int number) {
        if (number < PROBES) {
            return DeviceChange.none().withName("probe-" + number).withSources("127.0.0.1/32");
        }
        int boot = number - PROBES;
        DeviceChange device = DeviceChange.none().withName("boot-" + boot).withSources(address(boot) + "/32");
        return needsApproval(boot) ? device.withTags(Approvers.TAG).withRequireApproval(true) : device;
    }

    private static boolean needsApproval(int boot) {
        return boot % ONE_WAITS_OF == 0;
    }

    static String address(int boot) {
        return "127.%d.%d.%d".formatted(1 + boot / HOSTS / HOSTS, boot / HOSTS % HOSTS, 1 + boot % HOSTS);
    }

    private List<Boot> boots(Fleet.Questions questions) throws UnknownHostException {
        List<Boot> boots = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            // The script changes every ten devices, so that both kinds wait for approvals.
            BootScript script = i / ONE_WAITS_OF % 2 == 0 ? BootScript.INITRAMFS : BootScript.SYSTEMD;
            boots.add(new Boot(
                    questions.of(PROBES + i),
                    new InetSocketAddress(InetAddress.getByName(address(i)), 0),
                    script.pause(),
                    needsApproval(i)));
        }
        return boots;
    }

    private StormResults storm(StartedServer server, Fleet fleet, List<String> tokens) throws Exception {
        Operator administrator = Operator.administrator(http, server.url(), data());
        BootStorm storm = new BootStorm(server.address(), boots(fleet.ask(new Binding(http), server.url())));
        long processor = server.processes().processorMillis();
        long start = System.nanoTime();
        try (ThreadCount threads = ThreadCount.watch(server.processes());
                Approvers approvers = Approvers.work(administrator, tokens)) {
            System.err.println("the storm begins");
            boolean drained = storm.run(LIMIT);
            Duration length = Duration.ofNanos(System.nanoTime() - start);
            approvers.stop();
            StormResults.Server cost = new StormResults.Server(
                    server.processes().processorMillis() - processor,
                    server.processes().peakKib(),
                    threads.most(),
                    Heap.usedKib(server.process().toHandle()));
            long allowed = allowed(administrator) - PROBES;
            long rows = Verification.rows(launcher, server, data());
            return new StormResults(
                    devices, drained, length, storm, approvers, cost, new StormResults.History(rows, allowed));
        }
    }

    /** The number of allowed unlocks in the history. */
    private static long allowed(Operator administrator) throws IOException, InterruptedException {
        long allowed = 0;
        String cursor = "";
        do {
            HttpResponse<String> answer = administrator.get("history?limit=" + PAGE + cursor);
            if (answer.statusCode() != 200) {
                throw new IOException(answer.statusCode() + " from GET /history");
            }
            JsonNode page = Operator.JSON.readTree(answer.body());
            for (JsonNode row : page.path("items")) {
                allowed += row.path("outcome").asText().equals("allowed") ? 1 : 0;
            }
            String next = page.path("nextCursor").asText("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        return allowed;
    }
}
