/** Policy for automatic disk unlock: the decision, its storage SPI and its adapters. */
module io.panocrypt.policy {
    requires transitive io.panocrypt.crypto;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jdk8;
    requires static transitive java.sql;
    requires static jakarta.mail;
    requires static org.eclipse.angus.mail;
    requires static com.zerodeplibs.webpush;
    requires static org.jspecify;

    exports io.panocrypt.policy;
    exports io.panocrypt.policy.model;
    exports io.panocrypt.policy.decision;
    exports io.panocrypt.policy.notify;
    exports io.panocrypt.policy.spi;
    exports io.panocrypt.policy.store.jdbc;
    exports io.panocrypt.policy.store.memory;

    opens io.panocrypt.policy to
            com.fasterxml.jackson.databind;
    opens io.panocrypt.policy.model to
            com.fasterxml.jackson.databind;
}
