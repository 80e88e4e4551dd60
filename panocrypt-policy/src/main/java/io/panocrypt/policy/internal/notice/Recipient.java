package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.WireNamed;

/**
 * Somebody who is told, at one of their contacts.
 *
 * @param contact a URI
 */
public record Recipient(Kind kind, String id, String contact) {
    /** Who it is. */
    public enum Kind implements WireNamed {
        MEMBER,
        WEBHOOK
    }

    /** A notice of that to this recipient; the same for the same, so that it exists once. */
    String noticeId(EventType type, String key) {
        return "n-" + Digest.hex(type.wireName() + "\n" + key + "\n" + kind + "\n" + id + "\n" + contact);
    }

    /** What is told of a subject to this recipient is told in order. */
    String lane(String subject) {
        return "notice:" + Digest.hex(subject + "\n" + kind + "\n" + id + "\n" + contact);
    }

    /** Who it is, without the contact. */
    public String name() {
        return kind.wireName() + " " + id;
    }
}
