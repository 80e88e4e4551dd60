package io.panocrypt.testkit;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.BackupFile;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** A program that embeds the service on the module path. Prints the module of Panocrypt. */
final class ModuleUser {
    private ModuleUser() {}

    /** Argument: the path of the new master key. */
    public static void main(String[] arguments) throws IOException {
        MemoryStore store = new MemoryStore(InstantSource.system(), "node-1");
        try (MasterKey master = MasterKey.create(Path.of(arguments[0]), new SecureRandom())) {
            String device;
            try (Panocrypt first = open(store, master)) {
                device = first.devices()
                        .create(
                                Actor.HOST,
                                DeviceChange.none().withName("web-1").withSources("192.0.2.1"))
                        .id();
                first.allowances().grant(Actor.HOST, device, AllowanceRequest.defaults());
                KeyJob rotation = first.keys().start(Actor.HOST, KeyJob.Act.ROTATE, Set.of("prod"), Duration.ZERO, 60);
                first.keys().cancel(Actor.HOST, rotation.id());
                first.keys().generations(device);
                first.masterKeys().status();
            }
            backUpAndRestore(store, master, Path.of(arguments[0]).resolveSibling("backup"));
            try (Panocrypt second = open(store, master)) {
                Verification verification = second.history().verify();
                boolean signed = verification.chains().stream().allMatch(chain -> chain.signed() > 0);
                if (second.allowances().open(device).size() == 1 && verification.intact() && signed) {
                    System.out.println(Panocrypt.class.getModule());
                }
            }
        }
    }

    private static void backUpAndRestore(MemoryStore store, MasterKey master, Path file) throws IOException {
        try (Panocrypt service = open(store, master);
                OutputStream out = Files.newOutputStream(file)) {
            service.backups().write(Actor.HOST, out);
        }
        MemoryStore empty = new MemoryStore(InstantSource.system(), "node-1");
        try (BackupFile backup = BackupFile.open(file, master)) {
            backup.restore(empty, InstantSource.system());
        }
        try (Panocrypt restored = open(empty, master)) {
            restored.fence()
                    .lift(Actor.HOST, restored.fence().find().orElseThrow().backupId());
        }
    }

    /** Opens a service that takes a checkpoint when it is closed. */
    private static Panocrypt open(MemoryStore store, MasterKey master) {
        return Panocrypt.builder()
                .store(store)
                .custody(SealedKeyCustody.of(master))
                .backupKey(master)
                .publicUrl(URI.create("http://192.0.2.1"))
                .build();
    }
}
