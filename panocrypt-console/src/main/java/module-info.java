/** The pages on which approvers decide in a browser. */
module io.panocrypt.console {
    requires transitive io.panocrypt.servlet;
    requires static transitive jakarta.servlet;
    requires gg.jte.runtime;
    // Names an annotation of the generated templates, which is not there at run time.
    requires static java.compiler;
    requires static org.jspecify;

    exports io.panocrypt.console;
}
