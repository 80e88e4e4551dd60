package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The incident switch: refuses groups of devices at once. Thread-safe; throws as {@link Devices} does. */
public final class Lockdowns {
    private static final int MAX_REASON = 1024;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final RequestCanceller canceller;

    Lockdowns(Store store, InstantSource clock, IdGenerator ids, PolicyEditor editor, RequestCanceller canceller) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.canceller = canceller;
    }

    /**
     * Refuses every device that has all the tags, and cancels the open allowances and approvals of these devices.
     *
     * @param tags at most 64; none for every device
     * @param reason 1 to 1,024 characters, not blank
     */
    public Lockdown start(Actor actor, Collection<String> tags, String reason) {
        SortedSet<String> normalised = Validation.normalisedTags(tags);
        List<String> problems = new ArrayList<>();
        Validation.checkTags(normalised, problems);
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            problems.add("a reason is needed, at most " + MAX_REASON + " characters");
        }
        Validation.refuse(problems);
        Lockdown lockdown = new Lockdown(ids.next(), normalised, reason, actor.id(), clock.instant(), 1);
        editor.apply(editor.draft(actor, "lockdown.start", RecordMapper.LOCKDOWN, lockdown.id(), null, lockdown)
                .put(RecordMapper.of(lockdown))
                .cancel(new GrantScope.OfTerms(RecordMapper.tagTerms(normalised)))
                .bumpEpoch());
        canceller.end(
                actor,
                canceller.ofAll().stream()
                        .filter(request -> covers(lockdown, request))
                        .toList());
        return lockdown;
    }

    private boolean covers(Lockdown lockdown, ApprovalRequest request) {
        return store.get(RecordMapper.DEVICE, request.deviceId())
                .flatMap(record -> RecordMapper.readIfReadable(record, Device.class))
                .filter(device -> lockdown.covers(device.tags()))
                .isPresent();
    }

    /** The lockdown with that id; {@code NOT_FOUND} if there is none, or it was lifted. */
    public Lockdown get(String id) {
        return store.get(RecordMapper.LOCKDOWN, id)
                .map(record -> RecordMapper.read(record, Lockdown.class))
                .orElseThrow(() -> OperationException.notFound("lockdown"));
    }

    /** Lockdowns that have not been lifted, oldest first. The limit is 1 to 1,000. */
    public Page<Lockdown> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.LOCKDOWN, null, cursor, limit), limit, Lockdown.class);
    }

    /** Ends a lockdown; cancelled allowances stay cancelled. */
    public void lift(Actor actor, String id) {
        editor.retrying(
                () -> get(id),
                before -> new Edit<>(
                        editor.draft(actor, "lockdown.lift", RecordMapper.LOCKDOWN, id, before, null)
                                .delete(RecordMapper.of(before))
                                .bumpEpoch(),
                        before));
    }
}
