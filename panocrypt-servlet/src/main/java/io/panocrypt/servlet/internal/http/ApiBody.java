package io.panocrypt.servlet.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object in a request's body, read member by member; {@link #finish} refuses it and reports every problem at
 * once.
 *
 * <p>A missing member reads as null, and so does an invalid one, which finish then reports.
 */
public final class ApiBody {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_SHOWN = 64;
    /** A million days: a longer duration could overflow in later arithmetic. */
    private static final Duration MAX = Duration.ofDays(1_000_000);

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    private final ObjectNode object;
    private final Set<String> known = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    private ApiBody(ObjectNode object) {
        this.object = object;
    }

    /** Reads the request's body; an empty one counts as an object without members. */
    public static ApiBody read(HttpServletRequest request) {
        byte[] bytes = bytes(request);
        if (bytes.length == 0) {
            return new ApiBody(ApiJson.object());
        }
        return new ApiBody(ApiJson.parseObject(bytes)
                .orElseThrow(() -> new ApiException(
                        400, "the body must be one JSON object in UTF-8, no member twice, no NUL in text")));
    }

    private static byte[] bytes(HttpServletRequest request) {
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        try {
            byte[] bytes = request.getInputStream().readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge();
            }
            return bytes;
        } catch (IOException e) {
            // The framing is broken or the caller has gone: the fault is the sender's, not the service's.
            throw new ApiException(400, "the body is incomplete");
        }
    }

    private static ApiException tooLarge() {
        return new ApiException(413, "the body must be at most " + MAX_BYTES + " bytes");
    }

    /** Throws if the body has unknown members or anything was invalid; names every problem. */
    public void finish() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problems.add(shortened(name) + " is not known here");
            }
        });
        if (!problems.isEmpty()) {
            throw new OperationException(OperationException.Kind.INVALID, problems);
        }
    }

    public void require(String member) {
        known.add(member);
        if (!object.has(member)) {
            problems.add(member + " is required");
        }
    }

    @Nullable public String text(String member) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        return value.isTextual() ? value.textValue() : wrong(member, "must be a string");
    }

    @Nullable public Boolean flag(String member) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        return value.isBoolean() ? (Boolean) value.booleanValue() : wrong(member, "must be true or false");
    }

    /** Whether the operator confirms the harm that the call does. */
    public boolean isConfirmed() {
        return Boolean.TRUE.equals(flag(ApiQuery.CONFIRM));
    }

    @Nullable public Integer count(String member) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        return value.isIntegralNumber() && value.canConvertToInt()
                ? (Integer) value.intValue()
                : wrong(member, "must be a whole number below 2^31");
    }

    @Nullable public List<String> texts(String member) {
        return all(member, "must be a list of strings", Optional::of);
    }

    @Nullable public List<Cidr> cidrs(String member) {
        return all(member, "must be a list of CIDR blocks", ApiBody::cidr);
    }

    @Nullable public List<String> ids(String member) {
        return all(
                member,
                "must be a list of ids",
                text -> Optional.of(text).filter(id -> ID.matcher(id).matches()));
    }

    @Nullable public Duration duration(String member) {
        return one(member, "must be an ISO 8601 duration such as PT1H, no finer than a millisecond", text -> {
            try {
                return Optional.of(Duration.parse(text))
                        .filter(parsed -> parsed.compareTo(MAX) <= 0 && parsed.compareTo(MAX.negated()) >= 0)
                        // Times are stored in milliseconds: a finer duration would be truncated silently.
                        .filter(parsed -> parsed.toNanosPart() % 1_000_000 == 0);
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    @Nullable public IpAddress address(String member) {
        return one(member, "must be an IP address", ApiBody::parsedAddress);
    }

    @Nullable public List<IpAddress> addresses(String member) {
        return all(member, "must be a list of IP addresses", ApiBody::parsedAddress);
    }

    @Nullable public URI uri(String member) {
        return one(member, "must be an absolute URL", text -> {
            try {
                return Optional.of(new URI(text)).filter(URI::isAbsolute);
            } catch (URISyntaxException e) {
                return Optional.empty();
            }
        });
    }

    /** The texts of an object's members, in that order; its other members are ignored. */
    @Nullable public List<String> members(String member, String... names) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (String name : names) {
            if (!value.path(name).isTextual()) {
                return wrong(member, "must be an object with the texts " + String.join(" and ", names));
            }
            texts.add(value.path(name).textValue());
        }
        return texts;
    }

    /** Ignores a member that callers send and nobody needs. */
    public void ignore(String member) {
        known.add(member);
    }

    /**
     * Reads a string and converts it, or reports it as invalid; a parser that knows why throws
     * IllegalArgumentException.
     */
    public <T> @Nullable T one(String member, String rule, Function<String, Optional<T>> parse) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        try {
            Optional<T> parsed = parsed(value, parse);
            return parsed.isPresent() ? parsed.get() : wrong(member, rule);
        } catch (IllegalArgumentException e) {
            return wrong(member, rule + ": " + e.getMessage());
        }
    }

    /** Reads a list of strings and converts each, or reports it as invalid. */
    public <T> @Nullable List<T> all(String member, String rule, Function<String, Optional<T>> parse) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            return wrong(member, rule);
        }
        List<T> items = new ArrayList<>();
        for (JsonNode item : value) {
            String unfit = rule + ", which " + shortened(item.toString()) + " does not fit";
            try {
                Optional<T> parsed = parsed(item, parse);
                if (parsed.isEmpty()) {
                    return wrong(member, unfit);
                }
                items.add(parsed.get());
            } catch (IllegalArgumentException e) {
                return wrong(member, unfit + ": " + e.getMessage());
            }
        }
        return items;
    }

    /** The items as a set; null stays null. */
    public static @Nullable Set<String> set(@Nullable List<String> items) {
        return items == null ? null : new HashSet<>(items);
    }

    /** @throws IllegalArgumentException with a message that says what is wrong and what would be right */
    public static Optional<Cidr> cidr(String text) {
        return Optional.of(Cidr.parse(text));
    }

    private static Optional<IpAddress> parsedAddress(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> parsed(JsonNode value, Function<String, Optional<T>> parse) {
        return value.isTextual() ? parse.apply(value.textValue()) : Optional.empty();
    }

    private @Nullable JsonNode get(String member) {
        known.add(member);
        return object.get(member);
    }

    private <T> @Nullable T wrong(String member, String rule) {
        problems.add(member + " " + rule);
        return null;
    }

    /** Cuts between characters: half of a surrogate pair could not be written. */
    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= MAX_SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MAX_SHOWN)) + "...";
    }
}
