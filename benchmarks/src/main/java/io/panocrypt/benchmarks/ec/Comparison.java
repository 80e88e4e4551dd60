package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Machine;
import io.panocrypt.benchmarks.Processors;
import io.panocrypt.crypto.tang.RecoveryReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The command behind {@code ./benchmarks/run ec}: compares all rivals and writes a table of ratios and a JSON file. */
public final class Comparison {
    private Comparison() {}

    /**
     * Compares and prints. Exit status 1 means that some ratios in the last line are not valid results.
     *
     * @param args the native co-process, which may be missing; the JSON file to write; then the options of
     *     {@link EcOptions}
     * @throws Exception any fault ends the run
     */
    public static void main(String[] args) throws Exception {
        Optional<EcOptions> options = args.length < 2
                ? Optional.empty()
                : EcOptions.parse(List.of(args).subList(2, args.length));
        if (options.isEmpty()) {
            System.err.println("usage: ./benchmarks/run ec [--quick] [--cpu N]");
            System.exit(2);
            return;
        }
        List<Integer> allowed = Processors.allowed();
        if (!allowed.containsAll(options.get().processor().stream().toList())) {
            System.err.println("--cpu: this process may use only " + allowed);
            System.exit(2);
            return;
        }
        Map<String, String> machine = Machine.describe();
        Optional<Integer> processor = pin(options.get().processorOf(allowed));
        machine.put("pinned to processor", processor.map(String::valueOf).orElse("none"));
        Results results = new Results(processor.isPresent());
        compare(Path.of(args[0]), Path.of(args[1]), options.get().plan(), machine, results);
        if (results.doubt().isPresent()) {
            System.exit(1);
        }
    }

    /** Pins this thread and the co-process that it starts later. Compiler and collector threads stay unpinned. */
    private static Optional<Integer> pin(Optional<Integer> processor) throws IOException, InterruptedException {
        return processor.isPresent() && Processors.pin(List.of(processor.get())) ? processor : Optional.empty();
    }

    private static void compare(Path program, Path file, Plan plan, Map<String, String> machine, Results results)
            throws GeneralSecurityException, IOException {
        SecureRandom random = new SecureRandom();
        Material material = Material.fresh(random);
        Optional<NativeRivals> natives = NativeRivals.start(program, material);
        try {
            machine.put("native", natives.map(NativeRivals::version).orElse("absent"));
            machine.put("clock", "processor time of the thread that works");
            machine.put("load at the start", Machine.load());
            Contest contest = new Contest(material, random, natives.orElse(null));
            checkThatAllAgree(contest, natives);
            // Some rivals take longer to warm up than others. Without this, the first row would show them too slow.
            System.err.println("warming up");
            SideBySide.run(contest.of(Row.SERVER), plan);
            for (Row row : Row.values()) {
                System.err.println("measuring: " + row.title());
                results.add(row, SideBySide.run(contest.of(row), plan));
            }
            machine.put("load at the end", Machine.load());
            machine.put(
                    "share of the processor", String.format(Locale.ROOT, "%.0f %%", 100 * results.processorShare()));
            ResultsFile.write(file, results, plan, machine, Instant.now());
            print(machine, results);
        } finally {
            natives.ifPresent(NativeRivals::close);
        }
    }

    private static void print(Map<String, String> machine, Results results) {
        machine.forEach((name, value) -> System.out.println(name + ": " + value));
        System.out.println();
        System.out.println(results.table());
        results.doubt().ifPresent(System.out::println);
        System.out.println(results.lastLine());
    }

    /** A comparison makes sense only if all rivals compute the same product. */
    private static void checkThatAllAgree(Contest contest, Optional<NativeRivals> natives)
            throws GeneralSecurityException, IOException {
        List<String> products = new ArrayList<>();
        for (Contender contender : contest.of(Row.MULTIPLY)) {
            if (contender instanceof JavaContender java) {
                products.add(HexFormat.of().formatHex((byte[]) java.operation().run()));
            }
        }
        if (natives.isPresent()) {
            products.add(natives.get().answerOf("multiply"));
            if (natives.get().hasLibjose()) {
                byte[] jwk = natives.get().answerOf("exchange").getBytes(StandardCharsets.US_ASCII);
                products.add(HexFormat.of().formatHex(Material.coordinates(RecoveryReply.parse(jwk, Material.CURVE))));
            }
        }
        if (products.stream().distinct().count() != 1) {
            throw new IllegalStateException("the rivals do not agree on the product");
        }
    }
}
