package io.panocrypt.benchmarks.load;

import io.panocrypt.benchmarks.load.report.Plan;
import io.panocrypt.benchmarks.load.storm.StormRun;
import java.util.List;
import java.util.Optional;

/** What {@code ./benchmarks/run load} was asked to do. */
sealed interface LoadOptions {
    /** What the words behind {@code load} say; empty where they say nothing that there is. */
    static Optional<LoadOptions> parse(List<String> words) {
        if (SideBySide.WORDS.containsAll(words)) {
            return Optional.of(
                    new SideBySide(words.contains("--quick") ? Plan.QUICK : Plan.FULL, words.contains("--pin")));
        }
        List<String> more = words.subList(1, words.size());
        return switch (words.get(0)) {
            case "growth" ->
                devices(more, Growth.DEVICES).filter(most -> most > Growth.MIN).map(Growth::new);
            case "storm" ->
                devices(more, Storm.DEVICES)
                        .filter(most -> most <= StormRun.MAX_DEVICES)
                        .map(Storm::new);
            default -> Optional.empty();
        };
    }

    private static Optional<Integer> devices(List<String> words, int unless) {
        if (words.isEmpty()) {
            return Optional.of(unless);
        }
        if (words.size() != 2
                || !words.get(0).equals("--devices")
                || !words.get(1).matches("[1-9][0-9]{0,6}")) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(words.get(1)));
    }

    /**
     * Whole servers beside one another.
     *
     * @param plan how long to measure
     * @param pinned whether clients have a processor of their own, and all servers the same others
     */
    record SideBySide(Plan plan, boolean pinned) implements LoadOptions {
        private static final List<String> WORDS = List.of("--quick", "--pin");
    }

    /**
     * What it costs that a store holds many devices.
     *
     * @param devices in the largest store
     */
    record Growth(int devices) implements LoadOptions {
        static final int DEVICES = 1_000_000;

        /** In the smallest store. */
        static final int MIN = 100;

        private static final int MIDDLE = 10_000;

        /** How many devices each store has, in ascending order. */
        List<Integer> sizes() {
            return devices > MIDDLE ? List.of(MIN, MIDDLE, devices) : List.of(MIN, devices);
        }
    }

    /**
     * Many devices that boot at once.
     *
     * @param devices how many
     */
    record Storm(int devices) implements LoadOptions {
        static final int DEVICES = 10_000;
    }
}
