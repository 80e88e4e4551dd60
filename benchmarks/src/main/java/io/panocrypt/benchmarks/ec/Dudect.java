package io.panocrypt.benchmarks.ec;

import io.panocrypt.benchmarks.Machine;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * The command behind {@code ./benchmarks/run dudect}: tests whether the time of a multiplication depends on its inputs.
 *
 * <p>Exit status 0 means three things: the project's own engine was not flagged, Bouncy Castle's default multiplier
 * was, and the control was not. Bouncy Castle shows that the test can fail. Exit status 1 means that one of these does
 * not hold.
 */
public final class Dudect {
    private static final Duration DEFAULT_TIME = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    static final String OWN = "own";
    static final String KNOWN_LEAK = "bc";

    private Dudect() {}

    /**
     * Tests each engine for timing leaks and prints the findings.
     *
     * @param args {@code --seconds N}, the time for each test of each engine, or none
     * @throws Exception any fault ends the run
     */
    public static void main(String[] args) throws Exception {
        boolean timed = args.length == 2 && args[0].equals("--seconds") && args[1].matches("[1-9][0-9]{0,5}");
        if (args.length != 0 && !timed) {
            System.err.println("usage: ./benchmarks/run dudect [--seconds N]");
            System.exit(2);
        }
        Duration time = timed ? Duration.ofSeconds(Long.parseLong(args[1])) : DEFAULT_TIME;
        Machine.describe().forEach((name, value) -> System.out.println(name + ": " + value));
        System.out.println();
        Map<String, Map<LeakTest, Finding>> findings = interrogateAll(time);
        System.out.println();
        boolean fine = judge(findings);
        System.exit(fine ? 0 : 1);
    }

    private static Map<String, Suspect> suspects() {
        SecureRandom random = new SecureRandom();
        Map<String, Suspect> suspects = new LinkedHashMap<>();
        suspects.put(OWN, Suspect.engine(Engines.own(random)));
        suspects.put("sunec", Suspect.engine(Engines.sunEc(random)));
        suspects.put(KNOWN_LEAK, Suspect.bouncyCastle());
        return suspects;
    }

    private static Map<String, Map<LeakTest, Finding>> interrogateAll(Duration time)
            throws GeneralSecurityException, InvalidPointException {
        Inputs inputs = new Inputs(new Random());
        Map<String, Map<LeakTest, Finding>> findings = new LinkedHashMap<>();
        System.out.printf(Locale.ROOT, "%-6s %-28s %9s %6s %9s %16s%n", "", "", "t", "within", "would see", "measured");
        for (Map.Entry<String, Suspect> entry : suspects().entrySet()) {
            Interrogation interrogation = new Interrogation(entry.getValue(), inputs);
            interrogation.warmUp(WARM_UP);
            Map<LeakTest, Finding> ofSuspect = new EnumMap<>(LeakTest.class);
            for (LeakTest test : LeakTest.values()) {
                Finding finding = interrogation.ask(test, time);
                ofSuspect.put(test, finding);
                System.out.printf(
                        Locale.ROOT,
                        "%-6s %-28s %9.2f %5.1f%% %8.2f%% %16s  %s%n",
                        entry.getKey(),
                        test.title(),
                        finding.t(),
                        100 * finding.keptShare(),
                        100 * finding.resolution(),
                        finding.fixedSamples() + "+" + finding.randomSamples(),
                        finding.verdict());
            }
            findings.put(entry.getKey(), ofSuspect);
        }
        return findings;
    }

    /** Whether the run gives exit status 0, as the class describes. */
    static boolean judge(Map<String, Map<LeakTest, Finding>> findings) {
        boolean quietControl = findings.values().stream()
                .noneMatch(ofSuspect ->
                        Objects.requireNonNull(ofSuspect.get(LeakTest.CONTROL)).isFlagged());
        boolean ownIsQuiet =
                Objects.requireNonNull(findings.get(OWN)).values().stream().noneMatch(Finding::isFlagged);
        boolean leakIsSeen = Objects.requireNonNull(findings.get(KNOWN_LEAK)).values().stream()
                .anyMatch(Finding::isFlagged);
        System.out.println("control: " + (quietControl ? "quiet" : "FLAGGED: this run says nothing"));
        System.out.println("own engine: " + (ownIsQuiet ? "not flagged" : "FLAGGED"));
        System.out.println(
                "Bouncy Castle, which leaks: " + (leakIsSeen ? "flagged" : "NOT FLAGGED: the test is blind"));
        return quietControl && ownIsQuiet && leakIsSeen;
    }
}
