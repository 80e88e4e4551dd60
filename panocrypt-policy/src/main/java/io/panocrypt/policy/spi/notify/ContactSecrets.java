package io.panocrypt.policy.spi.notify;

import io.panocrypt.policy.spi.store.StoreException;
import java.net.URI;
import java.util.List;

/** The secrets with which notices to contacts are signed, kept apart from the contacts; thread-safe. */
@FunctionalInterface
public interface ContactSecrets {
    /**
     * The secrets of a contact, in the form of Standard Webhooks: {@code whsec_} and base64.
     *
     * @return empty if there is no such contact any more: nothing may be sent then
     * @throws StoreException if the store fails
     * @throws io.panocrypt.crypto.custody.CustodyException if the secret cannot be had from its custody
     */
    List<String> find(URI contact);
}
