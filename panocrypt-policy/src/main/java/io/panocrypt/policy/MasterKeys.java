package io.panocrypt.policy;

import io.panocrypt.policy.internal.masterkey.KeyRewrap;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.MasterKeyStatus;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.StoreException;

/**
 * Re-wraps a site's keys under another master key, and shows how far that is. Thread-safe.
 *
 * <p>The private keys stay the same, and so do all disks' bindings. Every node needs a custody with both master keys before;
 * {@link io.panocrypt.crypto.custody.SealedKeyCustody} has them.
 */
public final class MasterKeys {
    private final KeyRewrap rewrap;
    private final Runnable wake;

    MasterKeys(KeyRewrap rewrap, Runnable wake) {
        this.rewrap = rewrap;
        this.wake = wake;
    }

    /**
     * Begins to re-wrap all keys under the first master key of this node, or continues. Returns at once; the work goes on in
     * the background, on every node, and takes a minute at least. With a {@code checkpointInterval} of zero there is no
     * background: each call makes one pass.
     *
     * @throws OperationException {@code CONFLICT} if all keys are sealed under it already, if this node lacks a master key of the
     *     site, or if a running node cannot use the new one; nothing is changed
     * @throws StoreException if the store fails; the re-wrap may have begun
     */
    public void rewrap(Actor actor) {
        rewrap.start(actor);
        wake.run();
    }

    /**
     * Counts the keys under each master key. Reads every device and tries every key: seconds for thousands of devices.
     *
     * @throws StoreException if the store fails
     */
    public MasterKeyStatus status() {
        return rewrap.status();
    }
}
