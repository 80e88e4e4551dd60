package io.panocrypt.servlet.internal.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.spi.store.StoreText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The one JSON reader and writer of the REST interface: strict UTF-8, one value, no member twice, bounded depth. */
public final class ApiJson {
    /** Far above the nesting of any body. */
    private static final int MAX_DEPTH = 16;
    /**
     * Far above any number in the interface; it stops input from making the reader compute with thousands of digits.
     */
    private static final int MAX_DIGITS = 32;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_DIGITS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ApiJson() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** The one JSON object in these bytes; empty if they are anything else, or hold text that cannot be stored. */
    static Optional<ObjectNode> parseObject(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return MAPPER.readTree(text) instanceof ObjectNode object && isKeepable(object)
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (CharacterCodingException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Parses JSON text that this service wrote itself. */
    public static JsonNode parseOwn(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text that was written as JSON cannot be read", e);
        }
    }

    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes cannot be written", e);
        }
    }

    private static boolean isKeepable(JsonNode node) {
        if (node.isTextual()) {
            return StoreText.isStorable(node.textValue());
        }
        for (JsonNode child : node) {
            if (!isKeepable(child)) {
                return false;
            }
        }
        if (node instanceof ObjectNode object) {
            for (var member : object.properties()) {
                if (!StoreText.isStorable(member.getKey())) {
                    return false;
                }
            }
        }
        return true;
    }
}
