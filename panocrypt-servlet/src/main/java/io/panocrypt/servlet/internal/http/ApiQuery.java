package io.panocrypt.servlet.internal.http;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.policy.net.Cidr;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parameters of a request's query; each may occur once, and the route must know it. */
public final class ApiQuery {
    public static final String CURSOR = "cursor";
    public static final String LIMIT = "limit";
    /**
     * The query parameter that confirms a DELETE, since a proxy may drop its body (RFC 9110 9.3.5); other methods
     * confirm in the body.
     */
    public static final String CONFIRM = "confirm";

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX = 500;
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,2}");
    private static final Pattern CURSOR_TEXT = Pattern.compile("[A-Za-z0-9_-]{1,512}");

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    private final Map<String, String> values;

    private ApiQuery(Map<String, String> values) {
        this.values = values;
    }

    /** @throws OperationException naming every parameter that is unknown, doubled or malformed */
    public static ApiQuery parse(@Nullable String raw, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            Optional<String> name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            Optional<String> value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
            if (name.isEmpty() || !known.contains(name.get())) {
                problems.add("the query has an unknown parameter; known are "
                        + known.stream().sorted().toList());
            } else if (value.isEmpty()) {
                problems.add(name.get() + " is not percent-encoded UTF-8 without control characters");
            } else if (values.put(name.get(), value.get()) != null) {
                problems.add(name.get() + " is given twice");
            }
        }
        ApiQuery query = new ApiQuery(values);
        query.check(problems);
        if (!problems.isEmpty()) {
            throw new OperationException(
                    OperationException.Kind.INVALID,
                    problems.stream().distinct().toList());
        }
        return query;
    }

    private void check(List<String> problems) {
        String limit = values.get(LIMIT);
        if (limit != null && (!NUMBER.matcher(limit).matches() || Integer.parseInt(limit) > MAX)) {
            problems.add("limit must be 1 to " + MAX);
        }
        String cursor = values.get(CURSOR);
        if (cursor != null && !CURSOR_TEXT.matcher(cursor).matches()) {
            problems.add("no such cursor");
        }
    }

    @Nullable public String get(String name) {
        return values.get(name);
    }

    /** The constant that the parameter names, in any case; null if it is missing. */
    public <E extends WireNamed> @Nullable E oneOf(String name, Class<E> type) {
        String text = values.get(name);
        if (text == null) {
            return null;
        }
        return WireNamed.parse(type, text.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.INVALID,
                        name + " must be one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(WireNamed::wireName)
                                        .collect(Collectors.joining(", "))));
    }

    /** The parameter in lower case; null if it is missing. */
    @Nullable public String lowerCase(String name) {
        String text = values.get(name);
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    /** The parameter as an ISO 8601 duration that is not negative; null if it is missing. */
    @Nullable public Duration duration(String name) {
        String text = values.get(name);
        return text == null
                ? null
                : ApiBody.durationOf(text)
                        .filter(duration -> !duration.isNegative())
                        .orElseThrow(() ->
                                new OperationException(OperationException.Kind.INVALID, name + " " + ApiBody.DURATION));
    }

    /** The parameter as a moment, or as the first one of a date in UTC; null if it is missing. */
    @Nullable public Instant instant(String name) {
        return read(name, "must be a time such as 2026-11-30T18:00:00Z, or a date", ApiQuery::instantOf);
    }

    private static Instant instantOf(String text) {
        return DATE.matcher(text).matches()
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
    }

    /** The parameter as a block of addresses, an address as a block of one; null if it is missing. */
    @Nullable public Cidr cidr(String name) {
        return read(name, "must be an IP address or a CIDR block", Cidr::parse);
    }

    /** The parameter as an id; null if it is missing. */
    @Nullable public String id(String name) {
        return read(name, "must be an id", text -> {
            if (!ID.matcher(text).matches()) {
                throw new IllegalArgumentException("no id");
            }
            return text;
        });
    }

    private <T> @Nullable T read(String name, String rule, Function<String, T> parse) {
        String text = values.get(name);
        try {
            return text == null ? null : parse.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new OperationException(OperationException.Kind.INVALID, name + " " + rule);
        }
    }

    /** Whether it has no parameters. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Whether the parameter is true; false if it is missing. */
    public boolean flag(String name) {
        String text = values.getOrDefault(name, "false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new OperationException(OperationException.Kind.INVALID, name + " must be true or false");
        }
        return text.equals("true");
    }

    @Nullable public String cursor() {
        return values.get(CURSOR);
    }

    public int limit() {
        String limit = values.get(LIMIT);
        return limit == null ? DEFAULT_LIMIT : Integer.parseInt(limit);
    }

    private static Optional<String> decoded(String raw) {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()
                        || !HexFormat.isHexDigit(raw.charAt(i + 1))
                        || !HexFormat.isHexDigit(raw.charAt(i + 2))) {
                    return Optional.empty();
                }
                bytes.put((byte) HexFormat.fromHexDigits(raw, i + 1, i + 3));
                i += 2;
            } else if (c > ' ' && c < 127) {
                bytes.put((byte) (c == '+' ? ' ' : c));
            } else {
                return Optional.empty();
            }
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
