package io.panocrypt.policy.model.keys;

import io.panocrypt.policy.model.DeviceKey;
import java.util.Optional;

/**
 * A generation of a device's keys with its last use.
 *
 * @param key its public halves
 * @param lastUse empty if the journal shows none
 * @param provablyUnused whether the journal proves that nobody has requested it since it was hidden
 */
public record KeyGeneration(DeviceKey key, Optional<KeyUse> lastUse, boolean provablyUnused) {}
