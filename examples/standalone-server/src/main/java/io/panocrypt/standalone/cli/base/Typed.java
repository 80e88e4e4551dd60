package io.panocrypt.standalone.cli.base;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Parses option values. Error messages say what is allowed and never name a Java class. */
public final class Typed {
    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]+d)?((?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?)");

    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private Typed() {}

    /** Sets the converters of a command and its present subcommands. */
    public static void addTo(CommandLine command) {
        command.registerConverter(Duration.class, Typed::duration);
        command.registerConverter(Instant.class, text -> instant(text, InstantSource.system()));
        command.registerConverter(Integer.class, Typed::number);
        command.registerConverter(int.class, Typed::number);
        command.registerConverter(URI.class, Typed::uri);
        command.registerConverter(Path.class, Typed::path);
    }

    /** Days, hours, minutes and seconds in this order, each at most once, or ISO 8601. */
    public static Duration duration(String text) {
        Matcher brief = SHORT_DURATION.matcher(text);
        String iso = text;
        if (!text.isEmpty() && brief.matches()) {
            String days = brief.group(1) == null ? "" : brief.group(1);
            iso = "P" + days + (brief.group(2).isEmpty() ? "" : "T" + brief.group(2));
        }
        try {
            return Duration.parse(iso);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a duration: type it as 90s, 30m, 1h30m or 7d, or in ISO 8601 as PT90S, PT30M, PT1H30M or"
                    + " P7D");
        }
    }

    /** A time, a date in UTC as its first moment, or a duration that is counted back from now. */
    static Instant instant(String text, InstantSource clock) {
        try {
            if (DATE.matcher(text).matches()) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return text.contains("-")
                    ? Instant.parse(text)
                    : clock.instant().minus(duration(text)).truncatedTo(ChronoUnit.SECONDS);
        } catch (DateTimeException | ArithmeticException | TypeConversionException e) {
            throw new TypeConversionException("'" + text
                    + "' is not a time: type it as 2026-11-30T18:00:00Z, as the date 2026-11-30, or as 24h for"
                    + " 24 hours ago");
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number up to " + Integer.MAX_VALUE);
        }
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new TypeConversionException("'" + text + "' is not a URL: " + e.getReason());
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + text + "' is not a file name: " + e.getReason());
        }
    }
}
