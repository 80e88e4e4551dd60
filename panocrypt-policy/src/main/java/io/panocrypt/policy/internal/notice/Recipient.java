package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.WireNamed;

/**
 * A member or a webhook, at one contact.
 *
 * @param contact a URI
 */
public record Recipient(Kind kind, String id, String contact) {
    /** What kind of recipient it is. */
    public enum Kind implements WireNamed {
        MEMBER,
        WEBHOOK
    }

    /** The id of a notice; derived from event and recipient, so that each notice exists once. */
    String noticeId(EventType type, String key) {
        return "n-" + Digest.hex(type.wireName() + "\n" + key + "\n" + kind + "\n" + id + "\n" + contact);
    }

    /** The lane of a subject: notices of one lane are delivered in order. */
    String lane(String subject) {
        return "notice:" + Digest.hex(subject + "\n" + kind + "\n" + id + "\n" + contact);
    }

    /** Kind and id, without the contact. */
    public String name() {
        return kind.wireName() + " " + id;
    }
}
