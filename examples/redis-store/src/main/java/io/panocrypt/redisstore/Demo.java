package io.panocrypt.redisstore;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Runs the service on Redis: makes a device, and verifies the journal. */
public final class Demo {
    private Demo() {}

    /** Arguments: the address of Redis, and the master key file. For a new store the file is created. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: redis-store redis://HOST:PORT MASTER-KEY-FILE");
            System.exit(2);
        }
        System.exit(run(URI.create(arguments[0]), Path.of(arguments[1])) ? 0 : 1);
    }

    /** @return whether the journal is intact */
    static boolean run(URI address, Path masterKeyFile) throws IOException {
        try (RedisEntryStore redis = RedisEntryStore.open(address, "panocrypt:")) {
            EntryBackedStore store = new EntryBackedStore(redis, "node-1");
            try (MasterKey masterKey = Panocrypt.openMasterKey(store, masterKeyFile, new SecureRandom());
                    Panocrypt panocrypt = Panocrypt.builder()
                            .store(store)
                            .clock(redis.clock())
                            .custody(SealedKeyCustody.of(masterKey))
                            .publicUrl(URI.create("http://192.0.2.1"))
                            .build()) {
                String name = "demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
                DeviceChange wanted = DeviceChange.none().withName(name).withSources("192.0.2.0/24");
                Device device = panocrypt.devices().create(Actor.HOST, wanted);
                System.out.println(name + " unlocks at " + panocrypt.devices().unlockUrl(device));
                Verification journal = panocrypt.history().verify();
                System.out.println("The journal has " + journal.rows() + " entries and is "
                        + (journal.intact() ? "intact." : "BROKEN."));
                return journal.intact();
            }
        }
    }
}
