package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalGroup.Proof;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The stored form of an approval group. */
public record StoredApprovalGroup(ApprovalGroup group) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StoredApprovalGroup of(Body body) {
        Integer quorum = body.quorum() == null ? body.signedQuorum() : body.quorum();
        if (quorum == null || body.quorum() != null && body.signedQuorum() != null) {
            throw new IllegalArgumentException("a group has either a quorum or a quorum of signed votes");
        }
        return new StoredApprovalGroup(new ApprovalGroup(
                body.id(),
                body.name(),
                body.requiredTags(),
                body.approvers(),
                quorum,
                body.signedQuorum() == null ? Proof.NONE : Proof.SIGNED,
                body.version()));
    }

    @JsonValue
    Body body() {
        boolean signed = group.proof() == Proof.SIGNED;
        return new Body(
                group.id(),
                group.name(),
                group.requiredTags(),
                group.approvers(),
                signed ? null : group.quorum(),
                signed ? group.quorum() : null,
                group.version());
    }

    /**
     * The members of the stored text.
     *
     * @param signedQuorum instead of the quorum if votes must be signed. Earlier releases cannot read such a group, and then
     *     approve nothing: they would count any vote
     */
    record Body(
            String id,
            String name,
            SortedSet<String> requiredTags,
            SortedSet<String> approvers,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer quorum,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer signedQuorum,

            long version) {}
}
