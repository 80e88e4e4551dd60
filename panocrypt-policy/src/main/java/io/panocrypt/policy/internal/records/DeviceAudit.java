package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.SourceRule;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A device as the audit shows it: without id, token and creation time, and with thumbprints instead of keys. */
public record DeviceAudit(
        String name,
        DeviceState state,
        int volumes,
        Collection<String> tags,
        List<SourceRule> sources,
        Collection<String> networkAccessLists,
        boolean requireApproval,
        boolean acknowledgeOpen,
        String notes,
        Curve curve,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> custody,
        List<Generation> keys,
        long version) {

    /**
     * A generation, identified by the thumbprints of its public keys.
     *
     * @param custody empty for the site's own
     */
    record Generation(
            int generation,
            boolean hidden,
            String signing,
            String exchange,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> custody) {
        static Generation of(DeviceKey key) {
            return new Generation(
                    key.generation(),
                    key.hidden(),
                    key.signing().kid(),
                    key.exchange().kid(),
                    Optional.of(key.custody()).filter(name -> !name.equals(SealedKeys.SITE)));
        }
    }

    public static DeviceAudit of(Device device) {
        return new DeviceAudit(
                device.name(),
                device.state(),
                device.volumes(),
                device.tags(),
                device.sources(),
                device.networkAccessLists(),
                device.requireApproval(),
                device.acknowledgeOpen(),
                device.notes(),
                device.curve(),
                device.custody(),
                device.keys().stream().map(Generation::of).toList(),
                device.version());
    }
}
