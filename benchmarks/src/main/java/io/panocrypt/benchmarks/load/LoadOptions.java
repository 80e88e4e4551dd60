package io.panocrypt.benchmarks.load;

import io.panocrypt.benchmarks.load.report.Plan;
import io.panocrypt.benchmarks.load.stores.StoresPlan;
import io.panocrypt.benchmarks.load.storm.StormRun;
import java.util.List;
import java.util.Optional;

/** The options of {@code ./benchmarks/run load}. */
sealed interface LoadOptions {
    /** Parses the arguments after {@code load}; empty if they are wrong. */
    static Optional<LoadOptions> parse(List<String> words) {
        if (SideBySide.WORDS.containsAll(words)) {
            return Optional.of(
                    new SideBySide(words.contains("--quick") ? Plan.QUICK : Plan.FULL, words.contains("--pin")));
        }
        if (words.contains(Stores.WORD)) {
            return switch (words.size()) {
                case 1 -> Optional.of(new Stores(StoresPlan.FULL));
                case 2 -> words.contains("--quick") ? Optional.of(new Stores(StoresPlan.QUICK)) : Optional.empty();
                default -> Optional.empty();
            };
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
     * Compares whole servers.
     *
     * @param plan how long to measure
     * @param pinned whether clients get their own processor and all servers share the others
     */
    record SideBySide(Plan plan, boolean pinned) implements LoadOptions {
        private static final List<String> WORDS = List.of("--quick", "--pin");
    }

    /**
     * Compares stores.
     *
     * @param plan how long to measure
     */
    record Stores(StoresPlan plan) implements LoadOptions {
        private static final String WORD = "--stores";
    }

    /**
     * Measures how the cost depends on the number of devices.
     *
     * @param devices number of devices in the largest store, more than 100
     */
    record Growth(int devices) implements LoadOptions {
        static final int DEVICES = 1_000_000;

        /** Number of devices in the smallest store. */
        static final int MIN = 100;

        private static final int MIDDLE = 10_000;

        /** The number of devices of each store, in ascending order. */
        List<Integer> sizes() {
            return devices > MIDDLE ? List.of(MIN, MIDDLE, devices) : List.of(MIN, devices);
        }
    }

    /**
     * Boots many devices at once.
     *
     * @param devices number of devices
     */
    record Storm(int devices) implements LoadOptions {
        static final int DEVICES = 10_000;
    }
}
