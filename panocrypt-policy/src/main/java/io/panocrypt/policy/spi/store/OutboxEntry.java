package io.panocrypt.policy.spi.store;

/**
 * Something to be done because a decision, an edit or another entry was committed: mostly, a notice to be sent.
 *
 * @param id unique for as long as entries are kept, done ones included; at most 256 characters
 * @param topic what it is about; at most 64 characters
 * @param lane of the entries of a lane only the oldest that is neither done nor dead can be leased, so that they are done
 *     in order; at most 256 characters
 * @param body JSON text, opaque to the store
 */
public record OutboxEntry(String id, String topic, String lane, String body) {
    /** An entry in a lane of its own: it waits for no other. */
    public OutboxEntry(String id, String topic, String body) {
        this(id, topic, id, body);
    }
}
