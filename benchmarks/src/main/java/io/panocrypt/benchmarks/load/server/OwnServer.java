package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.client.Exchange;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts our server with the launcher, like an administrator, and enrols devices over REST. */
public final class OwnServer {
    /** Enough that no device comes near the rate limit per device and source, 100 attempts per second. */
    static final int DEVICES = 64;

    private final HttpClient http;
    private final Path launcher;
    private final Path folder;

    /**
     * Prepares to start servers.
     *
     * @param launcher the script {@code panocrypt} at the root of the repository
     * @param folder where data and logs are written
     */
    public OwnServer(HttpClient http, Path launcher, Path folder) {
        this.http = http;
        this.launcher = launcher;
        this.folder = folder;
    }

    /** Starts it with its default store. */
    public LoadedServer onSqlite() throws Exception {
        return withDevices("sqlite", List.of(), Optional.empty());
    }

    /** Starts it on a PostgreSQL database, which is closed with it. */
    public LoadedServer on(DebianPostgresql database) throws Exception {
        try {
            return withDevices(
                    "postgresql",
                    List.of(
                            "--jdbc-url",
                            "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres",
                            "--jdbc-user",
                            DebianPostgresql.USER),
                    Optional.of(database));
        } catch (Exception e) {
            database.close();
            throw e;
        }
    }

    /**
     * Starts a server and creates its devices. Each has a source rule that does not match, and a shared network access list
     * that does.
     */
    private LoadedServer withDevices(String name, List<String> options, Optional<DebianPostgresql> database)
            throws Exception {
        Path data = folder.resolve(name);
        List<String> all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(options);
        StartedServer server = StartedServer.start(launcher, folder.resolve(name + ".log"), all);
        try {
            Operator operator = Operator.administrator(http, server.url(), data);
            String list = operator.create("network-access-lists", "{\"name\":\"load\",\"cidrs\":[\"127.0.0.0/30\"]}")
                    .path("id")
                    .asText();
            Binding binding = new Binding(http);
            List<Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                String device = "{\"name\":\"load-%d\",\"tags\":[\"load\"],\"sources\":[\"192.0.2.0/24\"],"
                        + "\"networkAccessLists\":[\"%s\"]}";
                exchanges.add(binding.at(operator.create("devices", device.formatted(i, list))
                        .path("unlockUrl")
                        .asText()));
            }
            return new Running(server.process(), server.address(), exchanges, database);
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }

    /** Starts it over a Tang key directory, without a store. */
    public LoadedServer withoutStore() throws Exception {
        Path keys = Files.createDirectories(folder.resolve("keys"));
        StartedServer server =
                StartedServer.start(launcher, folder.resolve("no-store.log"), List.of("--tang-dir", keys.toString()));
        try {
            Binding binding = new Binding(http);
            List<Exchange> exchanges = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                exchanges.add(binding.at(server.url()));
            }
            return new Running(server.process(), server.address(), exchanges);
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }
}
