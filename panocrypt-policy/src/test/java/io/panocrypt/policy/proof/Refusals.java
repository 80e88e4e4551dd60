package io.panocrypt.policy.proof;

import java.util.Set;
import java.util.TreeSet;

/** The possible reasons of a refusal; the contract leaves open which of several reasons is reported. */
final class Refusals {
    private final Set<String> kinds = new TreeSet<>();

    Refusals when(boolean refused, String kind) {
        if (refused) {
            kinds.add(kind);
        }
        return this;
    }

    /** Runs the act unless there is a refusal. */
    String or(Runnable act) {
        if (!kinds.isEmpty()) {
            return of(String.join("|", kinds));
        }
        act.run();
        return "ok";
    }

    static String of(String kinds) {
        return "refused " + kinds;
    }

    /** Whether the observed answer is one of the expected ones. */
    static boolean admit(String expected, String observed) {
        if (!expected.startsWith("refused ") || !observed.startsWith("refused ")) {
            return expected.equals(observed);
        }
        return Set.of(expected.substring(8).split("\\|")).contains(observed.substring(8));
    }
}
