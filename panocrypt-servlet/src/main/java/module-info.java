/** Drop-in servlets: the Tang wire protocol and the REST interface for operators. */
// The console is built later, so the compiler does not know it yet.
@SuppressWarnings("module")
module io.panocrypt.servlet {
    requires transitive io.panocrypt.policy;
    requires static transitive jakarta.servlet;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports io.panocrypt.servlet;
    exports io.panocrypt.servlet.internal.http to
            io.panocrypt.console;
}
