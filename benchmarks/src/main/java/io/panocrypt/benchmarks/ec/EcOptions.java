package io.panocrypt.benchmarks.ec;

import java.util.List;
import java.util.Optional;

/**
 * What {@code ./benchmarks/run ec} was asked to do.
 *
 * @param plan how long to measure
 * @param processor the one to measure on, by Linux's number; empty for the last that may be used
 */
record EcOptions(Plan plan, Optional<Integer> processor) {
    /** What the words behind {@code ec} say; empty where they say nothing that there is. */
    static Optional<EcOptions> parse(List<String> words) {
        Plan plan = Plan.FULL;
        Optional<Integer> processor = Optional.empty();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals("--quick")) {
                plan = Plan.QUICK;
            } else if (words.get(i).equals("--cpu")
                    && i + 1 < words.size()
                    && words.get(i + 1).matches("[0-9]{1,4}")) {
                processor = Optional.of(Integer.parseInt(words.get(++i)));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new EcOptions(plan, processor));
    }

    /** Where to measure: empty only if the system does not say what may be used. */
    Optional<Integer> processorOf(List<Integer> allowed) {
        return processor.or(() -> allowed.stream().reduce((any, later) -> later));
    }
}
