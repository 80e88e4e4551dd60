package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.net.Cidr;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The audit form of an enrollment key: everything except the hash of its secret. */
public record EnrollmentKeyAudit(
        String name,
        int uses,
        int usesLeft,
        Instant expires,
        boolean registerSource,
        DeviceState initialState,
        Collection<String> tags,
        List<Cidr> sources,
        Collection<String> networkAccessLists,
        boolean requireApproval,
        boolean acknowledgeOpen,
        int volumes,
        String notes,
        Curve curve,
        long version) {

    public static @Nullable EnrollmentKeyAudit of(@Nullable EnrollmentKey key) {
        return key == null
                ? null
                : new EnrollmentKeyAudit(
                        key.name(),
                        key.uses(),
                        key.usesLeft(),
                        key.expires(),
                        key.registerSource(),
                        key.initialState(),
                        key.tags(),
                        key.sources(),
                        key.networkAccessLists(),
                        key.requireApproval(),
                        key.acknowledgeOpen(),
                        key.volumes(),
                        key.notes(),
                        key.curve(),
                        key.version());
    }
}
