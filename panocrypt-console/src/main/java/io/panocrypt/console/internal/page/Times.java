package io.panocrypt.console.internal.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times in words, as of the moment when a page is made; absolute ones are in UTC. */
public final class Times {
    private static final DateTimeFormatter TODAY = formatter("HH:mm:ss 'UTC'");
    private static final DateTimeFormatter OTHER = formatter("d MMM yyyy HH:mm 'UTC'");
    private static final DateTimeFormatter DAY = formatter("d MMMM yyyy");

    private Times() {}

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    /** How long it is, in its two largest units. */
    public static String length(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3_600, "h", seconds % 3_600 / 60, "min");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** The time of the day, or with its date if it is not today's. */
    public static String at(Instant time, Instant now) {
        return DAY.format(time).equals(DAY.format(now)) ? TODAY.format(time) : OTHER.format(time);
    }

    public static String day(Instant time) {
        return DAY.format(time);
    }
}
