package io.panocrypt.testkit.wire;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import java.net.URI;
import java.util.Optional;

/**
 * The wire table for Panocrypt in a host, such as a container of yours: a {@link TangServerContract} that knows what to ask.
 *
 * <p>Extend it, make one {@link Target} for the class, and run it with JUnit.
 */
public abstract class PanocryptWireContract extends TangServerContract {
    private static final String UNKNOWN_TOKEN = "a".repeat(26);

    /** Of 32 uses each, which is the maximum. */
    private static final int ALLOWANCES = 20;

    /** Called by subclasses. */
    protected PanocryptWireContract() {}

    /**
     * The device that the suite asks.
     *
     * @param token the end of its unlock URL
     * @param hidden the thumbprint of a signing key that was rotated
     */
    public record Target(String token, String hidden) {
        /**
         * Makes the device {@code web-1}, which admits 127.0.0.1, with a P-256 key, a rotated one, and 640 uses, by which
         * no request comes too often.
         */
        public static Target create(Panocrypt panocrypt) {
            DeviceChange wanted = DeviceChange.none()
                    .withName("web-1")
                    .withSources("127.0.0.1")
                    .withCurve(Curve.P_256);
            Device device = panocrypt.devices().create(Actor.HOST, wanted);
            String hidden = panocrypt.devices().thumbprint(device).orElseThrow();
            panocrypt.devices().rotateKeys(Actor.HOST, device.id());
            for (int i = 0; i < ALLOWANCES; i++) {
                panocrypt
                        .allowances()
                        .grant(
                                Actor.HOST,
                                device.id(),
                                AllowanceRequest.defaults().withUses(32));
            }
            return new Target(device.token(), hidden);
        }
    }

    /** The device. */
    protected abstract Target target();

    /**
     * The URL at which the host serves a token, for example {@code http://127.0.0.1:8080/unlock/u/TOKEN}.
     *
     * @return an {@code http} URL
     */
    protected abstract URI base(String token);

    @Override
    protected URI baseUrl() {
        return base(target().token());
    }

    @Override
    protected Optional<URI> unknownBaseUrl() {
        return Optional.of(base(UNKNOWN_TOKEN));
    }

    @Override
    protected Optional<String> hiddenSigningThumbprint() {
        return Optional.of(target().hidden());
    }
}
