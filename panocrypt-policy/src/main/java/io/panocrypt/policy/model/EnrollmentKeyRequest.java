package io.panocrypt.policy.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An enrollment key that an operator asks for.
 *
 * @param name 1 to 63 of {@code [a-z0-9.-]}, unique among enrollment keys
 * @param device the settings of its devices; the name in it is ignored
 * @param uses how many devices, 1 to 10,000; null: 1
 * @param expiresIn its lifetime, more than zero, at most 366 days; null: 24 hours
 * @param registerSource whether the address that a machine enrols from becomes its source; null: no
 * @param initialState {@link DeviceState#ACTIVE} or {@link DeviceState#PENDING}; null: active
 */
public record EnrollmentKeyRequest(
        String name,
        DeviceChange device,
        @Nullable Integer uses,
        @Nullable Duration expiresIn,
        @Nullable Boolean registerSource,
        @Nullable DeviceState initialState) {

    /** The defaults, for devices with those settings. */
    public static EnrollmentKeyRequest of(String name, DeviceChange device) {
        return new EnrollmentKeyRequest(name, device, null, null, null, null);
    }

    /** The same request for that many devices. */
    public EnrollmentKeyRequest withUses(int count) {
        return new EnrollmentKeyRequest(name, device, count, expiresIn, registerSource, initialState);
    }

    /** The same request with another lifetime. */
    public EnrollmentKeyRequest withExpiresIn(Duration life) {
        return new EnrollmentKeyRequest(name, device, uses, life, registerSource, initialState);
    }

    /** The same request, with or without registering the source. */
    public EnrollmentKeyRequest withRegisterSource(boolean register) {
        return new EnrollmentKeyRequest(name, device, uses, expiresIn, register, initialState);
    }

    /** The same request for devices that start in that state. */
    public EnrollmentKeyRequest withInitialState(DeviceState state) {
        return new EnrollmentKeyRequest(name, device, uses, expiresIn, registerSource, state);
    }
}
