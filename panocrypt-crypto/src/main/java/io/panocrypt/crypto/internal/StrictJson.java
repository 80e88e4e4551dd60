package io.panocrypt.crypto.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one JSON reader and writer of this module: strict UTF-8, exactly one value, bounded depth, sorted members. */
public final class StrictJson {
    /** Far above the nesting of any key or JWE, far below what could overflow a stack. */
    private static final int MAX_DEPTH = 64;

    /** Above any number in a JWK; it stops input from making the reader compute with thousands of digits. */
    private static final int MAX_NUMBER_LENGTH = 32;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private StrictJson() {}

    /** The one JSON value in these bytes, or empty if they are anything else; the last of equal members wins. */
    public static Optional<JsonNode> parse(byte[] bytes) {
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The one JSON value in this text, or empty if it is anything else. */
    public static Optional<JsonNode> parse(String text) {
        if (text.startsWith("\uFEFF")) {
            return Optional.empty();
        }
        try {
            JsonNode node = MAPPER.readTree(text);
            return node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** A new empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Compact JSON with the members of every object sorted by name. */
    public static String compact(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes cannot be written", e);
        }
    }

    /** The member's text, or null if the member is missing or not a string. */
    public static @Nullable String text(JsonNode object, String member) {
        JsonNode value = object.get(member);
        return value == null ? null : value.textValue();
    }

    /** Whether the member is an array with this string in it. */
    public static boolean lists(JsonNode object, String member, String wanted) {
        JsonNode array = object.get(member);
        if (array == null || !array.isArray()) {
            return false;
        }
        for (JsonNode item : array) {
            if (wanted.equals(item.textValue())) {
                return true;
            }
        }
        return false;
    }
}
