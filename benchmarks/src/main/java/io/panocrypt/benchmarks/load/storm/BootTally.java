package io.panocrypt.benchmarks.load.storm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What machines of one kind have been answered while they booted. */
final class BootTally {
    /** Refused, reset, or closed before the answer was whole. */
    static final String NO_ANSWER = "no answer";

    /** A success with a body that gives no key. */
    static final String WRONG = "200 but wrong";

    private final SortedMap<String, Integer> answers = new TreeMap<>();
    private final List<Long> keyNanos = new ArrayList<>();

    void answered(String what) {
        answers.merge(what, 1, Integer::sum);
    }

    /** @param took from the machine's first request to its key */
    void unlocked(long took) {
        answered("200");
        keyNanos.add(took);
    }

    /** How many answers of each kind. */
    Map<String, Integer> answers() {
        return Collections.unmodifiableMap(answers);
    }

    /** In nanoseconds from a machine's first request to its key, sorted. */
    double[] sortedNanos() {
        return keyNanos.stream().mapToDouble(nanos -> nanos).sorted().toArray();
    }

    int unlocked() {
        return keyNanos.size();
    }
}
