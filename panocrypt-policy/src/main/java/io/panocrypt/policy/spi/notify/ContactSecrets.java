package io.panocrypt.policy.spi.notify;

import io.panocrypt.policy.spi.store.StoreException;
import java.net.URI;
import java.util.List;

/** Finds the secrets that sign notices to contacts, which are stored apart from the contacts; thread-safe. */
@FunctionalInterface
public interface ContactSecrets {
    /**
     * The secrets of a contact, in the form of Standard Webhooks: {@code whsec_} and base64.
     *
     * @return empty if the contact no longer exists; nothing may be sent then
     * @throws StoreException if the store fails
     * @throws io.panocrypt.crypto.custody.CustodyException if the custody cannot provide the secret
     */
    List<String> find(URI contact);
}
