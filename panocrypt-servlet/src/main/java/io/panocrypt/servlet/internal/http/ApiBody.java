package io.panocrypt.servlet.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
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
    /** The longest body of the REST interface. */
    public static final int MAX_BYTES = 64 * 1024;

    static final String DURATION = "must be an ISO 8601 duration such as PT1H, no finer than a millisecond";

    private static final int MAX_KEYS = 64;
    /** A million days: a longer duration could overflow in later arithmetic. */
    private static final Duration MAX = Duration.ofDays(1_000_000);

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    private final ObjectNode object;
    private final Set<String> known = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    private ApiBody(ObjectNode object) {
        this.object = object;
    }

    /** The object in a body; an empty body counts as an object without members. */
    public static ApiBody of(Body body) {
        byte[] bytes = body.bytes();
        if (bytes.length == 0) {
            return new ApiBody(ApiJson.object());
        }
        return new ApiBody(ApiJson.parseObject(bytes)
                .orElseThrow(() -> new ApiException(
                        400, "the body must be one JSON object in UTF-8, no member twice, no NUL in text")));
    }

    /** Throws if the body has unknown members or anything was invalid; names every problem. */
    public void finish() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problems.add(OperationException.quoted(name) + " is not known here");
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
        return one(member, DURATION, ApiBody::durationOf);
    }

    static Optional<Duration> durationOf(String text) {
        try {
            return Optional.of(Duration.parse(text))
                    .filter(parsed -> parsed.compareTo(MAX) <= 0 && parsed.compareTo(MAX.negated()) >= 0)
                    // Times are stored in milliseconds: a finer duration would be truncated silently.
                    .filter(parsed -> parsed.toNanosPart() % 1_000_000 == 0);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
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

    /**
     * Reads a list of private keys as JWKs, which the caller closes; without the member there are none. Unlike other problems,
     * those of a key do not quote it.
     */
    public List<PrivateJwk> privateKeys(String member) {
        List<PrivateJwk> keys = new ArrayList<>();
        JsonNode value = get(member);
        if (value == null) {
            return keys;
        }
        // Each check of a key takes milliseconds.
        if (!value.isArray() || value.size() > MAX_KEYS) {
            wrong(member, "must be a list of at most " + MAX_KEYS + " private JWKs");
            return keys;
        }
        for (JsonNode jwk : value) {
            byte[] json = ApiJson.write(jwk);
            try {
                keys.add(PrivateJwk.parse(json));
            } catch (InvalidKeyException e) {
                wrong(member, "has an entry that is no private key of a Tang server: " + e.getMessage());
            } finally {
                Arrays.fill(json, (byte) 0);
            }
        }
        return keys;
    }

    /** A list of objects, each to be read and finished like a body. */
    @Nullable public List<ApiBody> objects(String member) {
        JsonNode value = get(member);
        if (value == null) {
            return null;
        }
        List<ApiBody> items = new ArrayList<>();
        for (JsonNode item : value) {
            if (item instanceof ObjectNode each) {
                items.add(new ApiBody(each));
            }
        }
        return value.isArray() && items.size() == value.size() ? items : wrong(member, "must be a list of objects");
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
            String unfit = rule + ", which " + OperationException.quoted(item.toString()) + " does not fit";
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
}
