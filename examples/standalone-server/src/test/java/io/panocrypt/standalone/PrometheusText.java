package io.panocrypt.standalone;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict parser of Prometheus's text format 0.0.4. Every family must be contiguous, with one HELP and one TYPE before
 * its samples and no duplicate sample; histograms must be consistent.
 *
 * @param samples by name and labels, as written
 * @param types by family
 */
record PrometheusText(Map<String, Double> samples, Map<String, String> types) {
    private static final Pattern HELP =
            Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\\]|\\\\\\\\|\\\\n)*");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
    private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{" + LABEL + "(?:," + LABEL
            + ")*,?})? ([+-]?Inf|NaN|[-+]?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)");

    static PrometheusText parse(String text) {
        check(text.endsWith("\n"), "the last line does not end");
        Map<String, Double> samples = new LinkedHashMap<>();
        Map<String, String> types = new TreeMap<>();
        Set<String> helped = new HashSet<>();
        String family = "";
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                family = help.group(1);
                check(helped.add(family), "two HELP lines, or a family in two places: " + line);
            } else if (type.matches()) {
                check(family.equals(type.group(1)), "TYPE without its HELP: " + line);
                check(types.put(family, type.group(2)) == null, "two TYPE lines: " + line);
            } else {
                check(sample.matches(), "not a line of the format: " + line);
                check(
                        belongs(sample.group(1), family, types.getOrDefault(family, "none")),
                        "not of the family " + family + ": " + line);
                String key = sample.group(1) + (sample.group(2) == null ? "" : sample.group(2));
                check(samples.put(key, number(sample.group(3))) == null, "a sample twice: " + line);
            }
        }
        PrometheusText parsed = new PrometheusText(samples, types);
        types.keySet().stream()
                .filter(name -> types.get(name).equals("histogram"))
                .forEach(parsed::checkHistogram);
        return parsed;
    }

    private static boolean belongs(String name, String family, String type) {
        return switch (type) {
            case "histogram" -> name.matches(Pattern.quote(family) + "_(bucket|sum|count)");
            case "summary" -> name.matches(Pattern.quote(family) + "(_sum|_count)?");
            case "counter" -> name.equals(family) && name.endsWith("_total");
            case "gauge" -> name.equals(family);
            default -> false;
        };
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** In each series bucket values must not decrease, and the last, +Inf, must equal the count. */
    private void checkHistogram(String family) {
        Map<String, List<Double>> series = new TreeMap<>();
        samples.forEach((key, value) -> {
            if (key.startsWith(family + "_bucket")) {
                String labels = key.substring((family + "_bucket").length()).replaceFirst(",?le=\"[^\"]*\"", "");
                series.computeIfAbsent(labels.equals("{}") ? "" : labels, ignored -> new ArrayList<>())
                        .add(value);
            }
        });
        check(!series.isEmpty(), "a histogram without buckets: " + family);
        series.forEach((labels, buckets) -> {
            check(buckets.equals(buckets.stream().sorted().toList()), "buckets shrink: " + family + labels);
            check(
                    buckets.get(buckets.size() - 1).equals(samples.get(family + "_count" + labels)),
                    "the last bucket is not the count: " + family + labels);
            check(samples.containsKey(family + "_sum" + labels), "no sum: " + family + labels);
        });
    }

    double value(String sample) {
        Double found = samples.get(sample);
        check(found != null, "no such sample: " + sample);
        return found == null ? Double.NaN : found;
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }
}
