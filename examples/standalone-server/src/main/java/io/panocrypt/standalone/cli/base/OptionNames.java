package io.panocrypt.standalone.cli.base;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** Maps request members and channels to the command's options, so error messages name options. */
public final class OptionNames {
    public static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("acknowledgeOpen", "--acknowledge-open"),
            Map.entry("approvers", "--approver"),
            Map.entry("cidrs", "--cidr"),
            Map.entry("comment", "--comment"),
            Map.entry("age", "--older-than"),
            Map.entry("confirm", "--confirm"),
            Map.entry("contacts", "--contact"),
            Map.entry("curve", "--curve"),
            Map.entry("custody", "--custody"),
            Map.entry("directory", "--directory"),
            Map.entry("events", "--event"),
            Map.entry("expiresIn", "--expires-in"),
            Map.entry("initialState", "--pending"),
            Map.entry("members", "--member"),
            Map.entry("name", "--name"),
            Map.entry("networkAccessLists", "--list"),
            Map.entry("notes", "--notes"),
            Map.entry("pace", "--pace"),
            Map.entry("quorum", "--quorum"),
            Map.entry("proof", "--proof"),
            Map.entry("reason", "--reason"),
            Map.entry("registerSource", "--register-source"),
            Map.entry("requireApproval", "--require-approval"),
            Map.entry("requiredTags", "--tag"),
            Map.entry("role", "--role"),
            Map.entry("scope", "--scope"),
            Map.entry("scopes", "--scope"),
            Map.entry("skips", "--skip"),
            Map.entry("source", "--source"),
            Map.entry("sources", "--source"),
            Map.entry("subject", "--subject"),
            Map.entry("tags", "--tag"),
            Map.entry("tokenExpiresIn", "--token-expires-in"),
            Map.entry("url", "--target"),
            Map.entry("uses", "--uses"),
            Map.entry("volumes", "--volumes"));

    /** What enables a channel, by the contact's scheme. */
    private static final Map<String, String> CHANNELS = Map.of(
            "mailto", "serve --smtp and --mail-from switch it on",
            "log", "serve --notify-log switches it on",
            "webpush", "serve --push-subject switches it on",
            "https", "add a program with webhook add",
            "http", "add a program with webhook add");

    private static final Pattern UNSERVED = Pattern.compile(" *no notifier serves ([a-z]+): contacts.*");

    private static final Pattern WORD = Pattern.compile("(?<![A-Za-z0-9_.\"'-])[a-z]+[A-Za-z]*(?![A-Za-z0-9_\"'-])");
    private static final Pattern CAMEL_CASE = Pattern.compile("[a-z]+[A-Z].*");

    private OptionNames() {}

    /**
     * Rewrites a problem from the server with the names of the command's options.
     *
     * <p>A word in camel case is a member wherever it appears. Other words may be plain English, so they are members
     * only as the first word of the line, or if they are {@code confirm}, and only if the command has that option. The
     * server names a disabled channel by its scheme.
     */
    public static String in(String problem, CommandSpec command) {
        Matcher unserved = UNSERVED.matcher(problem);
        if (unserved.matches()) {
            String remedy = CHANNELS.get(unserved.group(1));
            return remedy == null ? problem : problem + "; " + remedy;
        }
        Matcher words = WORD.matcher(problem);
        StringBuilder told = new StringBuilder();
        while (words.find()) {
            String word = words.group();
            String option = OPTIONS.get(word);
            boolean meant = option != null
                    && (CAMEL_CASE.matcher(word).matches()
                            || command.optionsMap().containsKey(option)
                                    && (problem.substring(0, words.start()).isBlank() || word.equals("confirm")));
            words.appendReplacement(told, Matcher.quoteReplacement(meant ? option : word));
        }
        return words.appendTail(told).toString();
    }
}
