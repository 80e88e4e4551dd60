package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Machine;
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
import java.util.Map;
import java.util.Optional;

/** The command behind {@code ./benchmarks/run ec}: all rivals side by side, one table of ratios, one JSON file. */
public final class Comparison {
    private Comparison() {}

    /**
     * Compares and prints.
     *
     * @param args the native co-process, which may be missing; the JSON file to write; then {@code --quick} or nothing
     * @throws Exception any fault ends the run
     */
    public static void main(String[] args) throws Exception {
        boolean quick = args.length == 3 && args[2].equals("--quick");
        if (args.length != 2 && !quick) {
            System.err.println("usage: ./benchmarks/run ec [--quick]");
            System.exit(2);
        }
        compare(Path.of(args[0]), Path.of(args[1]), quick ? Plan.QUICK : Plan.FULL);
    }

    private static void compare(Path program, Path file, Plan plan) throws GeneralSecurityException, IOException {
        SecureRandom random = new SecureRandom();
        Material material = Material.fresh(random);
        Optional<NativeRivals> natives = NativeRivals.start(program, material);
        try {
            String nativeVersion = natives.map(NativeRivals::version).orElse("absent");
            Map<String, String> machine = Machine.describe();
            machine.forEach((name, value) -> System.out.println(name + ": " + value));
            System.out.println("native: " + nativeVersion);
            Contest contest = new Contest(material, random, natives.orElse(null));
            checkThatAllAgree(contest, natives);
            // Some rivals take longer to come to speed than others; the first row would show them slower than they are.
            System.err.println("warming up");
            SideBySide.run(contest.of(Row.SERVER), plan);
            Results results = new Results();
            for (Row row : Row.values()) {
                System.err.println("measuring: " + row.title());
                results.add(row, SideBySide.run(contest.of(row), plan));
            }
            ResultsFile.write(file, results, plan, nativeVersion, machine, Instant.now());
            System.out.println();
            System.out.println(results.table());
            System.out.println(results.lastLine());
        } finally {
            natives.ifPresent(NativeRivals::close);
        }
    }

    /** A rival that computes something else must not be compared with. */
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
