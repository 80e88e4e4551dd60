package io.panocrypt.testkit.junit;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.servlet.PanocryptServlets;
import io.panocrypt.testkit.internal.custody.TemporaryMasterKey;
import io.panocrypt.testkit.internal.web.ServletHost;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.ReflectionSupport;

/** A service with its clock. JUnit closes it with the context that it is stored in. */
@SuppressWarnings("deprecation") // before 5.13 JUnit closes nothing else
final class RunningServer implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    private final MutableClock clock;
    private final MasterKey masterKey;
    private final Panocrypt panocrypt;
    private final ServletHost host;

    private RunningServer(PanocryptServer settings, ServletHost host, MasterKey masterKey) {
        this.host = host;
        this.masterKey = masterKey;
        this.clock = new MutableClock(Instant.parse(settings.startsAt()));
        Panocrypt.Builder builder = Panocrypt.builder()
                .store(new MemoryStore(clock, "node-1"))
                .custody(SealedKeyCustody.of(masterKey))
                .publicUrl(host.url())
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(TestTimeout.MAX)
                .ruleTimeout(TestTimeout.MAX)
                .limits(TestTimeout.SERVICE);
        ReflectionSupport.newInstance(settings.customizer()).customize(builder);
        this.panocrypt = builder.build();
    }

    static RunningServer start(PanocryptServer settings) {
        ServletHost host = new ServletHost();
        try {
            return start(settings, host, TemporaryMasterKey.create(new SecureRandom()));
        } catch (IOException e) {
            host.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            host.close();
            throw e;
        }
    }

    private static RunningServer start(PanocryptServer settings, ServletHost host, MasterKey masterKey) {
        try {
            RunningServer server = new RunningServer(settings, host, masterKey);
            server.serve();
            return server;
        } catch (RuntimeException | Error e) {
            masterKey.close();
            throw e;
        }
    }

    private void serve() {
        try {
            host.start(context -> PanocryptServlets.of(panocrypt).register(context));
        } catch (RuntimeException | Error e) {
            panocrypt.close();
            throw e;
        }
    }

    Panocrypt panocrypt() {
        return panocrypt;
    }

    URI url() {
        return host.url();
    }

    MutableClock clock() {
        return clock;
    }

    /** A new one, because each has a thread of the JDK's client. */
    ClevisClient clevis() {
        return new ClevisClient();
    }

    @Override
    public void close() {
        host.close();
        panocrypt.close();
        masterKey.close();
    }
}
