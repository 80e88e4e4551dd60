/** Contract suites and fixtures for tests of stores, notifiers, custodies, rules and Tang servers. */
module io.panocrypt.testkit {
    requires transitive io.panocrypt.policy;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires io.panocrypt.servlet;
    requires com.fasterxml.jackson.databind;
    requires static jakarta.servlet;
    requires java.net.http;
    requires jdk.httpserver;
    requires org.bouncycastle.provider;
    requires static org.jspecify;

    exports io.panocrypt.testkit.custody;
    exports io.panocrypt.testkit.entry;
    exports io.panocrypt.testkit.junit;
    exports io.panocrypt.testkit.notify;
    exports io.panocrypt.testkit.race;
    exports io.panocrypt.testkit.rule;
    exports io.panocrypt.testkit.store;
    exports io.panocrypt.testkit.support;
    exports io.panocrypt.testkit.wire;

    // JUnit calls rules that are package-private.
    opens io.panocrypt.testkit.custody to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.entry to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.junit to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.notify to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.race to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.rule to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.store to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.support to
            org.junit.platform.commons;
    opens io.panocrypt.testkit.wire to
            org.junit.platform.commons;
}
