/** Policy for automatic disk unlock: the decision, its storage SPI and its adapters. */
module io.panocrypt.policy {
    requires transitive io.panocrypt.crypto;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jdk8;
    requires transitive java.sql;
    requires static jakarta.mail;
    requires static org.eclipse.angus.mail;
    requires static com.zerodeplibs.webpush;
    requires static org.jspecify;

    uses java.sql.Driver;

    exports io.panocrypt.policy;
    exports io.panocrypt.policy.model;
    exports io.panocrypt.policy.model.backup;
    exports io.panocrypt.policy.model.delivery;
    exports io.panocrypt.policy.model.history;
    exports io.panocrypt.policy.model.keys;
    exports io.panocrypt.policy.model.passkey;
    exports io.panocrypt.policy.net;
    exports io.panocrypt.policy.notify;
    exports io.panocrypt.policy.rule;
    exports io.panocrypt.policy.spi.entry;
    exports io.panocrypt.policy.spi.event;
    exports io.panocrypt.policy.spi.notify;
    exports io.panocrypt.policy.spi.rule;
    exports io.panocrypt.policy.spi.store;
    exports io.panocrypt.policy.store.entry;
    exports io.panocrypt.policy.store.jdbc;
    exports io.panocrypt.policy.store.memory;

    // Stored bodies are records, which Jackson reads by reflection.
    opens io.panocrypt.policy to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model.backup to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model.history to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.backup to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model.keys to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model.passkey to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.passkey to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.edit to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.event to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.keys to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.journal to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.masterkey to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.notice to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.records to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.session to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.internal.unlock to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.store.entry to
            com.fasterxml.jackson.databind;
}
