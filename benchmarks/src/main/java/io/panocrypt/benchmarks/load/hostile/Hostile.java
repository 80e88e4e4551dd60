package io.panocrypt.benchmarks.load.hostile;

import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.client.Exchange;
import io.panocrypt.benchmarks.load.server.Operator;
import io.panocrypt.benchmarks.load.server.StartedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command behind {@code ./benchmarks/run hostile}: how honest clients are served while strangers without a token
 * attack. Everything stays on loopback, with a bounded number of connections and time.
 */
public final class Hostile {
    /** The default heap of a JVM on a machine with 1 GB. */
    private static final Map<String, String> SMALL = Map.of("PANOCRYPT_JAVA_OPTS", "-Xmx256m");

    private static final int UNLOCKS = 20;
    private static final int CALLS = 10;

    private static final Duration NORMAL = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path launcher;
    private final Path folder;
    private final Duration length;

    private Hostile(Path launcher, Path folder, Duration length) {
        this.launcher = launcher;
        this.folder = folder;
        this.length = length;
    }

    /**
     * Measures and prints.
     *
     * @param args the launcher of our server; a folder for data; then {@code --quick}, and {@code --server} with the launcher
     *     of another checkout
     * @throws Exception any fault ends the run
     */
    public static void main(String[] args) throws Exception {
        List<String> words = new ArrayList<>(List.of(args).subList(2, args.length));
        Duration length = Duration.ofSeconds(words.remove("--quick") ? 10 : 30);
        Path launcher = Path.of(args[0]);
        if (words.size() == 2 && words.get(0).equals("--server")) {
            launcher = Path.of(words.get(1));
            words.clear();
        }
        if (!words.isEmpty() || !Files.isExecutable(launcher)) {
            System.err.println(
                    "usage: ./benchmarks/run hostile [--quick] [--server LAUNCHER], where LAUNCHER is a checkout's panocrypt");
            System.exit(2);
            return;
        }
        Path target = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
        new Hostile(launcher.toAbsolutePath(), Files.createTempDirectory(target, "hostile"), length).run();
    }

    private void run() throws Exception {
        Map<String, String> machine = new LinkedHashMap<>(Machine.describe());
        machine.put("date", Instant.now().toString());
        machine.put("load at the start", Machine.load());
        List<String> rows = new ArrayList<>();
        rows.add(attack(Optional.empty()));
        for (HostileScenario scenario : HostileScenario.values()) {
            rows.add(attack(Optional.of(scenario)));
        }
        machine.put("load at the end", Machine.load());
        machine.forEach((name, value) -> System.out.println(name + ": " + value));
        System.out.println();
        System.out.println(
                "| | unlocks/s, worst | operator calls/s, worst | /healthz/s, worst | attacker's connections at once, "
                        + "opened | MB/s | normal after |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        rows.forEach(System.out::println);
    }

    /** Attacks a new server with one device. */
    private String attack(Optional<HostileScenario> scenario) throws Exception {
        String name = scenario.map(one -> one.name().toLowerCase(Locale.ROOT)).orElse("none");
        Path data = folder.resolve(name);
        List<String> options = new ArrayList<>(List.of("--data", data.toString()));
        Optional<Integer> adminPort =
                scenario.filter(HostileScenario::isAdmin).isPresent() ? Optional.of(freePort()) : Optional.empty();
        adminPort.ifPresent(port -> options.addAll(List.of("--admin-listen", "127.0.0.1:" + port)));
        StartedServer server = StartedServer.start(launcher, folder.resolve(name + ".log"), options, SMALL);
        Thread stop = new Thread(server::close);
        Runtime.getRuntime().addShutdownHook(stop);
        try (server) {
            String adminUrl = adminPort.map(port -> "http://127.0.0.1:" + port).orElse(server.url());
            InetSocketAddress admin = new InetSocketAddress(
                    "127.0.0.1", adminPort.orElse(server.address().getPort()));
            Operator operator = Operator.administrator(http, adminUrl, data);
            Exchange exchange = new Binding(http)
                    .at(operator.create("devices", "{\"name\":\"honest\",\"sources\":[\"127.0.0.0/8\"]}")
                            .path("unlockUrl")
                            .asText());
            String token = "Authorization: Bearer "
                    + Files.readString(data.resolve("admin-token")).strip() + "\r\n";
            List<HonestClient> honest = List.of(
                    new HonestClient(server.address(), exchange.request(), UNLOCKS),
                    new HonestClient(admin, HonestClient.get("/api/v1/devices?limit=1", token), CALLS),
                    new HonestClient(admin, HonestClient.get("/healthz", ""), CALLS));
            System.err.println("attack: " + name);
            return row(scenario, admin, honest);
        } finally {
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String row(Optional<HostileScenario> scenario, InetSocketAddress attacked, List<HonestClient> honest)
            throws IOException, InterruptedException {
        String attacker = "|  |  ";
        long end;
        if (scenario.isEmpty()) {
            measure(honest);
            end = System.nanoTime();
        } else {
            try (HostileClients hostile = HostileClients.attack(scenario.get(), attacked)) {
                measure(honest);
                attacker = "| %,d, %,d | %.2f "
                        .formatted(
                                hostile.mostOpen(), hostile.opened(), hostile.bytes() / 1e6 / length.toMillis() * 1e3);
            }
            end = System.nanoTime();
        }
        StringBuilder row = new StringBuilder("| ")
                .append(scenario.map(HostileScenario::title).orElse("nobody else"))
                .append(' ');
        for (HonestClient client : honest) {
            row.append("| %.1f, %s ".formatted(client.answered() * 1e3 / length.toMillis(), text(client.worst())));
        }
        return row.append(attacker)
                .append("| ")
                .append(untilNormal(honest, end))
                .append(" |")
                .toString();
    }

    /** The attack continues until the last calls have ended. */
    private void measure(List<HonestClient> honest) throws InterruptedException {
        honest.forEach(HonestClient::begin);
        Thread.sleep(length.toMillis());
        honest.forEach(HonestClient::close);
    }

    private static String text(Duration time) {
        return time.toMillis() < 1_000 ? time.toMillis() + " ms" : "%.1f s".formatted(time.toMillis() / 1e3);
    }

    /** Waits until all kinds of requests are answered within one second again, and returns the time. */
    private static String untilNormal(List<HonestClient> honest, long since) {
        while (System.nanoTime() - since < LIMIT.toNanos()) {
            long start = System.nanoTime();
            if (honest.stream().allMatch(HonestClient::ask) && System.nanoTime() - start < NORMAL.toNanos()) {
                return text(Duration.ofNanos(System.nanoTime() - since));
            }
        }
        return "more than " + LIMIT.toSeconds() + " s";
    }
}
