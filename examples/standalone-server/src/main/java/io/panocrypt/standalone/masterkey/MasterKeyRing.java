package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.EcEngine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The master keys of a running server; {@link #close} wipes them. */
public final class MasterKeyRing implements AutoCloseable {
    private final List<MasterKey> keys = new ArrayList<>();

    private MasterKeyRing() {}

    /**
     * Opens the master keys.
     *
     * @param current makes the first one
     */
    public static MasterKeyRing open(Supplier<MasterKey> current, MasterKeySettings settings) {
        MasterKeyRing ring = new MasterKeyRing();
        boolean opened = false;
        try {
            ring.keys.add(current.get());
            for (Path previous : settings.previous()) {
                ring.keys.add(MasterKeyFile.read(previous, settings.secrets()));
            }
            opened = true;
            return ring;
        } finally {
            if (!opened) {
                ring.close();
            }
        }
    }

    /** The one that seals new keys. */
    public MasterKey current() {
        return keys.get(0);
    }

    public KeyCustody custody(EcEngine engine, SecureRandom random) {
        return new SealedKeyCustody(keys.get(0), keys.subList(1, keys.size()), engine, random);
    }

    @Override
    public void close() {
        keys.forEach(MasterKey::close);
    }
}
