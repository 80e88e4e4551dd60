package io.panocrypt.policy.internal.records;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.SourceRule;
import java.util.Collection;
import java.util.List;

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
        List<Generation> keys,
        long version) {

    /** A generation, identified by the thumbprints of its public keys. */
    record Generation(int generation, boolean hidden, String signing, String exchange) {
        static Generation of(DeviceKey key) {
            return new Generation(
                    key.generation(),
                    key.hidden(),
                    key.signing().kid(),
                    key.exchange().kid());
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
                device.keys().stream().map(Generation::of).toList(),
                device.version());
    }
}
