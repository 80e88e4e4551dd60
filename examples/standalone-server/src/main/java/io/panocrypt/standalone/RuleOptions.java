package io.panocrypt.standalone;

import io.panocrypt.policy.rule.Liveness;
import io.panocrypt.policy.rule.Otherwise;
import io.panocrypt.policy.rule.UnlockWindows;
import io.panocrypt.policy.rule.WeeklyWindow;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.standalone.cli.base.Typed;
import io.panocrypt.standalone.common.StartupException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the rules that ask or refuse beside the policy of devices. */
final class RuleOptions {
    private static final String WINDOW = "--unlock-window";
    private static final String LIVENESS = "--liveness";
    private static final String TAG = "tag=";

    @Option(
            names = WINDOW,
            paramLabel = "RULE",
            description = "When devices unlock by themselves, such as 'tag=prod;Mon-Fri 06:00-22:00;Europe/Berlin;"
                    + "outside=ask' (or outside=deny); without tag= all devices; may be given again.")
    private List<String> windows = new ArrayList<>();

    @Option(
            names = LIVENESS,
            paramLabel = "RULE",
            description =
                    "Devices unlock by themselves only if they called POST UNLOCK-URL/alive a short while ago, such as"
                            + " 'tag=prod;30m;else=ask' (or else=deny); without tag= all devices; may be given again.")
    private List<String> liveness = new ArrayList<>();

    /** The parts of an option's value: tags, then the others in their order, then what happens otherwise. */
    private record Parts(Set<String> tags, List<String> middle, Otherwise otherwise) {
        /** Empty if the value has another number of parts. */
        static Optional<Parts> of(String value, int middle, String lastKey) {
            List<String> parts =
                    Arrays.stream(value.split(";", -1)).map(String::strip).toList();
            List<String> rest =
                    parts.stream().filter(part -> !part.startsWith(TAG)).toList();
            Optional<Otherwise> otherwise = rest.isEmpty() ? Optional.empty() : otherwise(lastKey, rest);
            if (rest.size() != middle + 1 || otherwise.isEmpty()) {
                return Optional.empty();
            }
            Set<String> tags = new HashSet<>();
            parts.stream()
                    .filter(part -> part.startsWith(TAG))
                    .forEach(part -> tags.add(part.substring(TAG.length()).toLowerCase(Locale.ROOT)));
            return tags.contains("") ? Optional.empty() : Optional.of(new Parts(tags, rest, otherwise.get()));
        }

        private static Optional<Otherwise> otherwise(String key, List<String> rest) {
            String last = rest.get(rest.size() - 1);
            return Arrays.stream(Otherwise.values())
                    .filter(one -> last.equalsIgnoreCase(key + one.name()))
                    .findFirst();
        }
    }

    /**
     * The rules, in the order in which they are asked.
     *
     * @throws StartupException naming every problem of the options
     */
    List<UnlockRule> rules() {
        List<String> problems = new ArrayList<>();
        List<UnlockRule> rules = new ArrayList<>();
        Set<Set<String>> seen = new HashSet<>();
        for (int i = 0; i < windows.size(); i++) {
            window(name("unlock-window", i), windows.get(i), seen, problems).ifPresent(rules::add);
        }
        for (int i = 0; i < liveness.size(); i++) {
            alive(name("liveness", i), liveness.get(i), problems).ifPresent(rules::add);
        }
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
        return rules;
    }

    private static String name(String kind, int index) {
        return index == 0 ? kind : kind + "-" + (index + 1);
    }

    private static Optional<UnlockRule> window(
            String name, String value, Set<Set<String>> seen, List<String> problems) {
        Optional<Parts> parts = Parts.of(value, 2, "outside=");
        if (parts.isEmpty()) {
            problems.add(WINDOW + ": '" + value
                    + "' must be [tag=TAG;]TIMES;ZONE;outside=ask|deny, such as 'tag=prod;Mon-Fri 06:00-22:00;"
                    + "Europe/Berlin;outside=ask'");
            return Optional.empty();
        }
        if (!seen.add(parts.get().tags())) {
            // A device would need all of them at once, which nobody means.
            problems.add(WINDOW + ": two for the same devices; write all times into one, with commas between them");
        }
        try {
            List<WeeklyWindow> times = Arrays.stream(parts.get().middle().get(0).split(",", -1))
                    .map(text -> WeeklyWindow.parse(text.strip()))
                    .toList();
            ZoneId zone = ZoneId.of(parts.get().middle().get(1));
            return Optional.of(new UnlockWindows(
                    name, parts.get().tags(), times, zone, parts.get().otherwise()));
        } catch (DateTimeException e) {
            problems.add(WINDOW + ": '" + parts.get().middle().get(1)
                    + "' is no time zone: write one such as Europe/Berlin or UTC");
        } catch (IllegalArgumentException e) {
            problems.add(WINDOW + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    private static Optional<UnlockRule> alive(String name, String value, List<String> problems) {
        Optional<Parts> parts = Parts.of(value, 1, "else=");
        if (parts.isEmpty()) {
            problems.add(LIVENESS + ": '" + value
                    + "' must be [tag=TAG;]TIME;else=ask|deny, such as 'tag=prod;30m;else=ask'");
            return Optional.empty();
        }
        try {
            return Optional.of(new Liveness(
                    name,
                    parts.get().tags(),
                    Typed.duration(parts.get().middle().get(0)),
                    parts.get().otherwise()));
        } catch (TypeConversionException | IllegalArgumentException e) {
            problems.add(LIVENESS + ": '" + value + "': " + e.getMessage() + ", such as 'tag=prod;30m;else=ask'");
            return Optional.empty();
        }
    }
}
