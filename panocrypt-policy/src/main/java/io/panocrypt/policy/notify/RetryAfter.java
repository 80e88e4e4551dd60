package io.panocrypt.policy.notify;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Retry-After header: seconds or a date (RFC 9110 section 10.2.3). */
final class RetryAfter {
    /** Upper bound: a longer wait is shortened to this. */
    static final Duration MAX = Duration.ofDays(1);

    private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");

    private RetryAfter() {}

    /** The wait from now, at most {@link #MAX}; empty if the text has neither form, or the wait is not positive. */
    static Optional<Duration> parse(String text, Instant now) {
        if (SECONDS.matcher(text).matches()) {
            return bounded(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
            return bounded(Duration.between(now, date));
        } catch (DateTimeException neitherForm) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> bounded(Duration wait) {
        if (wait.isNegative() || wait.isZero()) {
            return Optional.empty();
        }
        return Optional.of(wait.compareTo(MAX) > 0 ? MAX : wait);
    }
}
