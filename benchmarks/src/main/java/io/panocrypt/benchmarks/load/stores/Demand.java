package io.panocrypt.benchmarks.load.stores;

/** What the clients ask for, and how many they are. */
enum Demand {
    /** One client, and unlocks that a device's source allows. */
    PLAIN_SINGLE("unlock, 1 client", false, 1),
    /** 32 clients, and unlocks that a device's source allows. */
    PLAIN_MANY("unlock, 32 clients", false, 32),
    /** One client, and unlocks that spend a use of an allowance each. */
    SPENDING_SINGLE("allowance, 1 client", true, 1),
    /** 32 clients, and unlocks that spend a use of an allowance each. */
    SPENDING_MANY("allowance, 32 clients", true, 32);

    private final String title;
    private final boolean spends;
    private final int clients;

    Demand(String title, boolean spends, int clients) {
        this.title = title;
        this.spends = spends;
        this.clients = clients;
    }

    String title() {
        return title;
    }

    boolean spends() {
        return spends;
    }

    int clients() {
        return clients;
    }
}
