package io.panocrypt.policy.proof;

import java.util.function.Function;

/** One operation on a site, with the words that a failing sequence prints. */
record Operation(String words, Function<Site, String> act) {
    String on(Site site) {
        return act.apply(site);
    }

    @Override
    public String toString() {
        return words;
    }
}
