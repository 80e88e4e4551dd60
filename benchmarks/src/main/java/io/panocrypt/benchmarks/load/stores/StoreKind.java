package io.panocrypt.benchmarks.load.stores;

/** The measured stores. */
enum StoreKind {
    /** {@code MemoryStore}: keeps nothing. */
    MEMORY("memory"),
    /** The server's default store: SQLite in this process. */
    SQLITE("sqlite"),
    /** Debian's PostgreSQL. */
    POSTGRESQL("postgresql"),
    /** The Redis example, synced at each write. */
    REDIS("redis"),
    /** The etcd example, with one member. */
    ETCD("etcd");

    private final String title;

    StoreKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
