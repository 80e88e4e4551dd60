/** Drop-in servlets: the Tang wire protocol and the REST interface for operators. */
module io.panocrypt.servlet {
    requires transitive io.panocrypt.policy;
    requires static transitive jakarta.servlet;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports io.panocrypt.servlet;
}
