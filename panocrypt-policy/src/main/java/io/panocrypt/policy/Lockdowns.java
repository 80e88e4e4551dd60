package io.panocrypt.policy;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.GrantScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The incident switch. Thread-safe; throws as {@link Devices} does. */
public final class Lockdowns {
    private static final int MOST_REASON = 1024;

    private final Editor editor;
    private final Withdrawal withdrawal;

    Lockdowns(Editor editor, Withdrawal withdrawal) {
        this.editor = editor;
        this.withdrawal = withdrawal;
    }

    /**
     * Refuses every device that has all those tags, and cancels the open allowances of these devices.
     *
     * @param tags none: every device
     */
    public Lockdown start(Actor actor, Collection<String> tags, String reason) {
        SortedSet<String> normalised = DeviceRules.normalisedTags(tags);
        List<String> problems = new ArrayList<>();
        DeviceRules.checkTags(normalised, problems);
        if (reason.isBlank() || reason.length() > MOST_REASON) {
            problems.add("a reason is needed, at most " + MOST_REASON + " characters");
        }
        DeviceRules.refuse(problems);
        Lockdown made = new Lockdown(editor.ids().next(), normalised, reason, actor.id(), editor.now(), 1);
        editor.apply(editor.draft(actor, "lockdown.start", Records.LOCKDOWN, made.id(), null, made)
                .put(Records.of(made))
                .cancel(new GrantScope.OfTerms(Records.tagTerms(normalised)))
                .bumpEpoch());
        withdrawal.end(
                actor,
                withdrawal.ofAll().stream()
                        .filter(request -> covers(made, request))
                        .toList());
        return made;
    }

    private boolean covers(Lockdown lockdown, ApprovalRequest request) {
        return editor.store()
                .get(Records.DEVICE, request.deviceId())
                .flatMap(found -> Records.readIfReadable(found, Device.class))
                .filter(device -> lockdown.covers(device.tags()))
                .isPresent();
    }

    /** The lockdown with that id. */
    public Lockdown get(String id) {
        return editor.store()
                .get(Records.LOCKDOWN, id)
                .map(found -> Records.read(found, Lockdown.class))
                .orElseThrow(() -> OperationException.notFound("lockdown"));
    }

    /** Lockdowns that have not been lifted, oldest first. */
    public Page<Lockdown> list(@Nullable String cursor, int limit) {
        Pages.check(limit);
        return Pages.of(editor.store().scan(Records.LOCKDOWN, null, cursor, limit), limit, Lockdown.class);
    }

    /** Ends a lockdown; cancelled allowances stay cancelled. */
    public void lift(Actor actor, String id) {
        editor.retrying(
                () -> get(id),
                before -> editor.draft(actor, "lockdown.lift", Records.LOCKDOWN, id, before, null)
                        .delete(Records.of(before))
                        .bumpEpoch());
    }
}
