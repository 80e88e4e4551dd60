package io.panocrypt.benchmarks.ec;

import java.util.List;
import java.util.Optional;

/**
 * The options of {@code ./benchmarks/run ec}.
 *
 * @param plan how long to measure
 * @param processor the processor to measure on, by Linux's number; empty for the last allowed one
 */
record EcOptions(Plan plan, Optional<Integer> processor) {
    /** Parses the arguments after {@code ec}; empty if they are wrong. */
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

    /** The processor to measure on; empty only if the system does not list the allowed ones. */
    Optional<Integer> processorOf(List<Integer> allowed) {
        return processor.or(() -> allowed.stream().reduce((any, later) -> later));
    }
}
