package io.panocrypt.policy.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A number of operations that model and service go through side by side, after each of which both must look the same. */
final class Sequence {
    /** Makes the two anew. */
    interface Sites {
        Model model();

        ServiceSite service();
    }

    /** Where the two parted, told by the least operations that a greedy search found to be enough. */
    record Difference(List<Operation> operations, String expected, String observed) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("model and service part after\n");
            operations.forEach(operation -> text.append("  ").append(operation).append('\n'));
            return text + "expected " + expected + "\nobserved " + observed;
        }
    }

    private final Sites sites;
    private final Set<String> met = new TreeSet<>();

    Sequence(Sites sites) {
        this.sites = sites;
    }

    /** The words that the answers of the model began with, and what followed. */
    Set<String> met() {
        return met;
    }

    Optional<Difference> firstDifference(List<Operation> operations) {
        return difference(operations).map(this::shrunk);
    }

    /** The same without the search for fewer operations, which takes its time. */
    Optional<Difference> difference(List<Operation> operations) {
        Model model = sites.model();
        try (ServiceSite service = sites.service()) {
            for (int i = 0; i < operations.size(); i++) {
                String expected = operations.get(i).on(model);
                String observed = operations.get(i).on(service);
                met.addAll(Arrays.asList(expected.split("[ |]", 3)));
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

    /** Leaves out halves, quarters and so on, down to single operations, as long as the two still part. */
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
