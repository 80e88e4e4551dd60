package io.panocrypt.policy.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs operations on model and service side by side; both must have the same state after each operation. */
final class Sequence {
    /** Creates both sites. */
    interface Sites {
        Model model();

        ServiceSite service();
    }

    /** The first difference between the two, with the fewest operations that a greedy search found. */
    record Difference(List<Operation> operations, String expected, String observed) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("model and service part after\n");
            operations.forEach(operation -> text.append("  ").append(operation).append('\n'));
            return text + "expected " + expected + "\nobserved " + observed;
        }
    }

    private final Sites sites;

    Sequence(Sites sites) {
        this.sites = sites;
    }

    Optional<Difference> firstDifference(List<Operation> operations) {
        return difference(operations).map(this::shrunk);
    }

    /** Like {@link #firstDifference}, without the slow search for fewer operations. */
    Optional<Difference> difference(List<Operation> operations) {
        Model model = sites.model();
        try (ServiceSite service = sites.service()) {
            for (int i = 0; i < operations.size(); i++) {
                String expected = operations.get(i).on(model);
                String observed = operations.get(i).on(service);
                List<Operation> soFar = operations.subList(0, i + 1);
                if (!Refusals.admit(expected, observed)) {
                    return Optional.of(new Difference(soFar, expected, observed));
                }
                String after = model.state();
                String found = service.state();
                if (!after.equals(found)) {
                    return Optional.of(new Difference(soFar, "the state\n" + after, "the state\n" + found));
                }
            }
        }
        return Optional.empty();
    }

    /** Leaves out halves, quarters and so on, down to single operations, while a difference remains. */
    private Difference shrunk(Difference found) {
        Difference least = found;
        for (int size = least.operations().size() / 2; size > 0; size /= 2) {
            int from = 0;
            while (from + size <= least.operations().size()) {
                List<Operation> fewer = new ArrayList<>(least.operations());
                fewer.subList(from, from + size).clear();
                Optional<Difference> still = difference(fewer);
                least = still.orElse(least);
                from = still.isPresent() ? from : from + 1;
            }
        }
        return least;
    }
}
