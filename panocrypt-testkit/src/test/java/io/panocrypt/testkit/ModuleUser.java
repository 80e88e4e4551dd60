package io.panocrypt.testkit;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** A program that embeds the service, which stands on the module path; prints what it is that Panocrypt runs in. */
final class ModuleUser {
    private ModuleUser() {}

    /** Argument: where to make a master key. */
    public static void main(String[] arguments) throws IOException {
        SecureRandom random = new SecureRandom();
        try (MasterKey master = MasterKey.create(Path.of(arguments[0]), random);
                Panocrypt service = Panocrypt.builder()
                        .store(new MemoryStore(InstantSource.system(), "node-1"))
                        .custody(new SealedKeyCustody(master, new JcaEngine(random), random))
                        .publicUrl(URI.create("http://192.0.2.1"))
                        .checkpointInterval(Duration.ZERO)
                        .build()) {
            String device = service.devices()
                    .create(Actor.HOST, DeviceChange.none().withName("web-1").withSources("192.0.2.1"))
                    .id();
            service.allowances().grant(Actor.HOST, device, AllowanceRequest.defaults());
            service.history().checkpoint();
            if (service.allowances().open(device).size() == 1
                    && service.history().verify().intact()) {
                System.out.println(Panocrypt.class.getModule());
            }
        }
    }
}
