package io.panocrypt.containers;

import io.panocrypt.servlet.PanocryptServlets;

/** Starts one container on a free loopback port. */
interface Container {
    String CONTEXT = "/app";

    /** Which request targets a container passes on to its servlets; docs/embedding.md has the settings. */
    enum Targets {
        /** What it passes on without settings. */
        DEFAULT,
        /** Also those that clevis sends. */
        CLEVIS,
        /** All that reach it. */
        ALL
    }

    /**
     * Starts it for as long as the process lives.
     *
     * @param servlets what it serves in the context {@link #CONTEXT}
     * @return its port
     */
    int start(PanocryptServlets servlets, Targets targets) throws Exception;
}
