package io.panocrypt.policy.proof;

import java.util.HashMap;
import java.util.Map;

/** Distinguishes successive objects with the same name: a member made again is a different voter. */
final class Labels {
    private final Map<String, Integer> counts = new HashMap<>();

    String fresh(String name) {
        counts.merge(name, 1, Integer::sum);
        return current(name);
    }

    String current(String name) {
        return name + "#" + counts.getOrDefault(name, 0);
    }
}
