package io.panocrypt.standalone;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import io.panocrypt.standalone.web.ConnectionLimits;
import io.panocrypt.standalone.web.WebServer;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The server in the test's process, on the embedded store, with one device that unlocks from loopback. */
final class RunningService implements AutoCloseable {
    static final Actor OPERATOR = Actor.HOST;

    private final WebServer server;
    private final Service service;
    private final Device device;

    RunningService(Path directory, SourceAddress sources, DeviceChange wanted) {
        this(directory, sources, wanted, ConnectionLimits.ofProcess());
    }

    /** Uses long timeouts: a slow machine causes no refusals. */
    RunningService(Path directory, SourceAddress sources, DeviceChange wanted, ConnectionLimits limits) {
        this(directory, sources, wanted, limits, Optional.empty());
    }

    /** @param admin the operators' address; empty to use the devices' address */
    RunningService(
            Path directory,
            SourceAddress sources,
            DeviceChange wanted,
            ConnectionLimits limits,
            Optional<HostAndPort> admin) {
        this(directory, sources, wanted, limits, admin, TestTimeout.MAX);
    }

    /** A service with the server's short timeouts, which soon refuses if its store does not answer. */
    static RunningService impatient(Path directory, SourceAddress sources, DeviceChange wanted) {
        return new RunningService(
                directory,
                sources,
                wanted,
                ConnectionLimits.ofProcess(),
                Optional.empty(),
                JdbcSettings.DEFAULTS.timeout());
    }

    private RunningService(
            Path directory,
            SourceAddress sources,
            DeviceChange wanted,
            ConnectionLimits limits,
            Optional<HostAndPort> admin,
            Duration timeout) {
        server = WebServer.bind(
                new WebServer.Listeners(new HostAndPort("127.0.0.1", 0), admin, Optional.empty()), limits);
        service = Service.open(
                Storage.local(new DataDirectory(directory.resolve("data"), directory.resolve("master-key")))
                        .with(timeout),
                URI.create(server.url()),
                defaults -> defaults.commitTimeout(timeout));
        server.start(service.panocrypt(), sources);
        device = panocrypt().devices().create(OPERATOR, wanted.withName("device"));
    }

    Panocrypt panocrypt() {
        return service.panocrypt();
    }

    Device device() {
        return panocrypt().devices().get(device.id());
    }

    /** The base URL of the device. */
    URI base() {
        return URI.create(panocrypt().devices().unlockUrl(device));
    }

    String url() {
        return server.url();
    }

    /** The base URL for operators. */
    String adminUrl() {
        return server.adminUrl();
    }

    void allow(AllowanceRequest request) {
        panocrypt().allowances().grant(OPERATOR, device.id(), request);
    }

    @Override
    public void close() {
        server.close();
        service.close();
    }
}
