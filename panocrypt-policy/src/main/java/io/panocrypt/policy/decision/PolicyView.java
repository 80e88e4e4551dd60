package io.panocrypt.policy.decision;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.Cidr;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.TemporaryDeny;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that a decision about one device reads.
 *
 * @param device the device
 * @param listed the blocks of every network access list that the device refers to
 * @param lockdowns every lockdown there is
 * @param denies the device's temporary denies
 * @param allowances the device's allowances that have uses left
 */
public record PolicyView(
        Device device,
        List<Cidr> listed,
        List<Lockdown> lockdowns,
        List<TemporaryDeny> denies,
        List<Allowance> allowances) {
    public PolicyView {
        listed = List.copyOf(listed);
        lockdowns = List.copyOf(lockdowns);
        denies = List.copyOf(denies);
        allowances = List.copyOf(allowances);
    }

    /** The union of the device's own blocks and those of its lists. */
    public Stream<Cidr> sources() {
        return Stream.concat(device.sources().stream().map(SourceRule::cidr), listed.stream());
    }
}
