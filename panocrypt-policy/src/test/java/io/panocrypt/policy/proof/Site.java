package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The operations of people and machines on one site; the model and the service implement it.
 *
 * <p>Devices, members, groups and lists go by fixed names. Every act returns its result in words: {@code ok}, {@code
 * refused} with the kinds of refusal that the contract admits, or a verdict.
 */
interface Site {
    /** One attempt with the device's own key, after a dry run; an empty source is unknown. */
    String attempt(String device, String source);

    /** One attempt with the key of another device. */
    String attemptWithForeignKey(String device, String source);

    void advance(Duration time);

    String setTags(String device, Set<String> tags, boolean confirmed);

    String setSources(String device, List<String> blocks);

    String setLists(String device, Set<String> lists);

    String setRequireApproval(String device, boolean required, boolean confirmed);

    String setVolumes(String device, int volumes);

    /** @param answer {@code ask}, {@code deny}, {@code fail}, or empty to abstain */
    String setRule(String device, String answer);

    String disable(String device);

    String enable(String device);

    String confirm(String device);

    String revoke(String device);

    String rotateKeys(String device);

    /** Makes or changes the list. */
    String putList(String list, List<String> blocks);

    String dropList(String list);

    /** Makes the member if there is none of that name, or changes the role. */
    String setRole(String member, Role role);

    String fire(String member);

    /** Makes or changes the user group; members that do not exist are left out. */
    String putUserGroup(String group, Set<String> members);

    String dropUserGroup(String group);

    /** Makes or changes the approval group; approvers that do not exist are left out. */
    String putApprovalGroup(String group, Set<String> tags, Set<String> approvers, int quorum, boolean confirmed);

    String dropApprovalGroup(String group, boolean confirmed);

    /**
     * @param uses 0 for the default
     * @param source a block, {@code any}, or empty
     */
    String allow(String grantor, String device, int uses, Duration life, String source, Set<String> skips);

    /** Cancels the oldest open allowance. */
    String cancelAllowance(String device);

    /** @param source empty for the whole device */
    String deny(String device, String source, Duration length);

    String liftDenies(String device);

    String lockDown(Set<String> tags);

    /** Lifts the oldest lockdown. */
    String liftLockdown();

    /** Decides about that source's open request, or else its last one. */
    String approve(String member, String device, String source, Set<String> alsoFrom);

    String denyRequest(String member, String device, String source, boolean wholeDevice);

    String defer(String member, String device, String source);

    /** All state on which later decisions depend and which people see. */
    String state();
}
