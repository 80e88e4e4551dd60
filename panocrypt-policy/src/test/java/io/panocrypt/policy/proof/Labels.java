package io.panocrypt.policy.proof;

import java.util.HashMap;
import java.util.Map;

/** Tells objects of one name apart that follow each other: whoever is hired again is somebody else to the votes. */
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
