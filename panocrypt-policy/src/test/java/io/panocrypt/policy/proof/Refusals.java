package io.panocrypt.policy.proof;

import java.util.Set;
import java.util.TreeSet;

/** Why an act may be refused: where there are several reasons, the contract does not say which one is told. */
final class Refusals {
    private final Set<String> kinds = new TreeSet<>();

    Refusals when(boolean refused, String kind) {
        if (refused) {
            kinds.add(kind);
        }
        return this;
    }

    /** Acts unless something refuses. */
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

    /** Whether what was observed is one of those that may be. */
    static boolean admit(String expected, String observed) {
        if (!expected.startsWith("refused ") || !observed.startsWith("refused ")) {
            return expected.equals(observed);
        }
        return Set.of(expected.substring(8).split("\\|")).contains(observed.substring(8));
    }
}
