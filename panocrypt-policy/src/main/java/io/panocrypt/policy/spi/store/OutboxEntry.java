package io.panocrypt.policy.spi.store;

/**
 * Work to be done after the commit of a decision, an edit or another entry: usually a notice to send.
 *
 * @param id unique while entries are stored, done ones included; at most 256 characters
 * @param topic the kind of work; at most 64 characters
 * @param lane orders entries: of one lane, only the oldest entry that is neither done nor dead can be leased; at most
 *     256 characters
 * @param body JSON text, opaque to the store
 */
public record OutboxEntry(String id, String topic, String lane, String body) {
    /** An entry in its own lane, which waits for no other entry. */
    public OutboxEntry(String id, String topic, String body) {
        this(id, topic, id, body);
    }
}
