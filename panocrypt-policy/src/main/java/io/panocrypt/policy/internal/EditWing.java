package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.custody.KeyDestroyer;
import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.DeviceFactory;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import java.time.Duration;

/** What the services for operators share to make edits. */
public record EditWing(
        DeviceFactory deviceFactory, ApprovalGuard guard, RequestCanceller canceller, KeyDestroyer keyDestroyer) {

    /** @param pendingLife how long an approval request lives after its last attempt */
    public static EditWing of(Foundation base, Duration pendingLife) {
        return new EditWing(
                new DeviceFactory(
                        base.store(), base.clock(), base.ids(), base.editor(), base.custodies(), base.policy()),
                new ApprovalGuard(base.store(), base.clock(), base.events(), base.policy()),
                new RequestCanceller(base.store(), base.clock(), base.editor(), base.events(), pendingLife),
                new KeyDestroyer(base.store(), base.ids(), base.custodies()));
    }
}
