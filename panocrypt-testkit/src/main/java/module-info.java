/** Contract suites and fixtures for the tests of people who implement, embed or serve Panocrypt. */
module io.panocrypt.testkit {
    requires transitive io.panocrypt.policy;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports io.panocrypt.testkit;

    // JUnit calls rules that are not public.
    opens io.panocrypt.testkit to
            org.junit.platform.commons;
}
