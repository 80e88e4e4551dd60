package io.panocrypt.policy.rule;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A span of time on some days of the week, such as {@code Mon-Fri 06:00-22:00}. Immutable.
 *
 * @param days the days on which it begins; one at least
 * @param from the first minute
 * @param to the first minute after it; if this is not later than {@code from}, it is on the next day
 */
public record WeeklyWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final String DAY = "([A-Za-z]{3})";
    private static final Pattern TEXT = Pattern.compile(DAY + "(?:-" + DAY + ")? (\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)");
    private static final String MIDNIGHT = "24:00";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    public WeeklyWindow {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("a window needs one day at least");
        }
        days = Collections.unmodifiableSet(EnumSet.copyOf(days));
    }

    /**
     * Parses a window: a day or two, such as {@code Sat} or {@code Fri-Mon}, and two times of the day, 00:00 to 24:00.
     *
     * @throws IllegalArgumentException with a sentence that says what is expected
     */
    public static WeeklyWindow parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw malformed(text);
        }
        int first = day(parts.group(1), text);
        int last = parts.group(2) == null ? first : day(parts.group(2), text);
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (int day = first; ; day = (day + 1) % DAYS.size()) {
            days.add(DayOfWeek.of(day + 1));
            if (day == last) {
                break;
            }
        }
        String end = parts.group(4);
        return new WeeklyWindow(
                days, time(parts.group(3), text), end.equals(MIDNIGHT) ? LocalTime.MIDNIGHT : time(end, text));
    }

    private static int day(String name, String text) {
        for (int i = 0; i < DAYS.size(); i++) {
            if (DAYS.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        throw malformed(text);
    }

    private static LocalTime time(String time, String text) {
        try {
            return LocalTime.parse(time);
        } catch (DateTimeParseException e) {
            throw malformed(text);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no window: write days and times, such as Mon-Fri 06:00-22:00 or Sat 22:00-06:00");
    }

    boolean contains(DayOfWeek day, LocalTime time) {
        if (from.isBefore(to)) {
            return days.contains(day) && !time.isBefore(from) && time.isBefore(to);
        }
        return days.contains(day) && !time.isBefore(from) || days.contains(day.minus(1)) && time.isBefore(to);
    }

    /** The window as {@link #parse} reads it; days that do not follow each other make several, joined by commas. */
    @Override
    public String toString() {
        List<String> spans = new ArrayList<>();
        if (days.size() == DAYS.size()) {
            spans.add("Mon-Sun");
        } else {
            days.stream().filter(day -> !days.contains(day.minus(1))).forEach(first -> {
                DayOfWeek last = first;
                while (days.contains(last.plus(1))) {
                    last = last.plus(1);
                }
                spans.add(first == last ? name(first) : name(first) + "-" + name(last));
            });
        }
        String times = " " + TIME.format(from) + "-" + (to.equals(LocalTime.MIDNIGHT) ? MIDNIGHT : TIME.format(to));
        return String.join(times + ", ", spans) + times;
    }

    private static String name(DayOfWeek day) {
        return DAYS.get(day.getValue() - 1);
    }
}
