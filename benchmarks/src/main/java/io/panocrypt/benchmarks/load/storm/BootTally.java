package io.panocrypt.benchmarks.load.storm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts the answers to machines of one kind while they boot. */
final class BootTally {
    /** The connection was refused, reset, or closed before the answer was complete. */
    static final String NO_ANSWER = "no answer";

    /** Status 200 with a wrong body. */
    static final String WRONG = "200 but wrong";

    private final SortedMap<String, Integer> answers = new TreeMap<>();
    private final List<Long> keyNanos = new ArrayList<>();

    void answered(String what) {
        answers.merge(what, 1, Integer::sum);
    }

    /** @param took time from the machine's first request to its key, in nanoseconds */
    void unlocked(long took) {
        answered("200");
        keyNanos.add(took);
    }

    /** The number of answers by kind. */
    Map<String, Integer> answers() {
        return Collections.unmodifiableMap(answers);
    }

    /** The times from a machine's first request to its key, in nanoseconds, sorted. */
    double[] sortedNanos() {
        return keyNanos.stream().mapToDouble(nanos -> nanos).sorted().toArray();
    }

    int unlocked() {
        return keyNanos.size();
    }
}
