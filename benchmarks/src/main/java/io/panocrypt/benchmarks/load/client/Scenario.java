package io.panocrypt.benchmarks.load.client;

/** How the clients ask. */
public enum Scenario {
    /** 32 clients, each with a new connection for each request, as stock Clevis does. */
    NEW("new connections"),
    /** 32 clients, each on one connection. */
    KEPT("kept connections"),
    /** One client that waits for each answer, with a new connection for each request. */
    SINGLE("one client"),
    /**
     * New connections at a fixed rate, half of the subject's rate with 32 clients. Times count from when a request was
     * due.
     */
    HALF("half load");

    static final int CLIENTS = 32;

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
