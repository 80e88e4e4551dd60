package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.StoreText;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON text in which records and journal bodies are stored; its members are the records' components. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(new Text<>(Instant.class, Instant::toString))
                    .addDeserializer(Instant.class, new FromText<>(Instant.class, Instant::parse))
                    .addSerializer(new Text<>(Cidr.class, Cidr::toString))
                    .addDeserializer(Cidr.class, new FromText<>(Cidr.class, Cidr::parse))
                    .addSerializer(new Text<>(IpAddress.class, IpAddress::toString))
                    .addDeserializer(IpAddress.class, new FromText<>(IpAddress.class, IpAddress::parse))
                    .addSerializer(new Text<>(Curve.class, Curve::crv))
                    .addDeserializer(
                            Curve.class,
                            new FromText<>(Curve.class, crv -> Curve.ofCrv(crv).orElseThrow()))
                    .addSerializer(new CustodyKeyText())
                    .addDeserializer(CustodyKey.class, new CustodyKeyFromText()))
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private static final ObjectReader FOREIGN = MAPPER.reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private Json() {}

    /** @throws OperationException if it holds half of a surrogate pair: written in UTF-8 it would be another text */
    public static String write(@Nullable Object value) {
        try {
            String text = MAPPER.writeValueAsString(value);
            if (!StoreText.isStorable(text)) {
                throw new OperationException(
                        OperationException.Kind.INVALID, "text must not hold half of a surrogate pair");
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the model always writes", e);
        }
    }

    /** The same in ASCII, so that it survives whatever a file goes through. */
    public static byte[] writeAscii(Object value) {
        try {
            return ASCII.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the model always writes", e);
        }
    }

    /** A value that somebody else may have written; empty for whatever is not exactly that. */
    public static <T> Optional<T> readForeign(String text, Class<T> type) {
        try {
            return Optional.ofNullable(FOREIGN.forType(type).readValue(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** @throws UnreadableRecordException if the text is not what {@link #write} wrote: somebody else did */
    public static <T> T read(String text, Class<T> type) {
        try {
            T value = MAPPER.readValue(text, type);
            if (value != null) {
                return value;
            }
        } catch (JsonProcessingException e) {
            // The cause would quote the record.
            throw unreadable(type);
        }
        throw unreadable(type);
    }

    private static UnreadableRecordException unreadable(Class<?> type) {
        return new UnreadableRecordException(type.getSimpleName());
    }

    /** Whether a stored object has that member. */
    static boolean has(String text, String member) {
        return read(text, JsonNode.class).has(member);
    }

    /** Writes a value as one JSON string. */
    private static final class Text<T> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;
        private final transient Function<T, String> toText;

        Text(Class<T> type, Function<T, String> toText) {
            super(type);
            this.toText = toText;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(toText.apply(value));
        }
    }

    /** Reads a value from one JSON string. */
    private static final class FromText<T> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;
        private final transient Function<String, T> fromText;

        FromText(Class<T> type, Function<String, T> fromText) {
            super(type);
            this.fromText = fromText;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return fromText.apply(in.getText());
        }
    }

    /** Writes a key as its public JWK and its sealed private part, base64url. */
    private static final class CustodyKeyText extends StdSerializer<CustodyKey> {
        private static final long serialVersionUID = 1L;

        CustodyKeyText() {
            super(CustodyKey.class);
        }

        @Override
        public void serialize(CustodyKey key, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writePOJO(Map.of(
                    "publicJwk",
                    key.publicKey().toJson(),
                    "sealed",
                    Base64.getUrlEncoder().withoutPadding().encodeToString(key.sealed())));
        }
    }

    private static final class CustodyKeyFromText extends StdDeserializer<CustodyKey> {
        private static final long serialVersionUID = 1L;

        CustodyKeyFromText() {
            super(CustodyKey.class);
        }

        @Override
        public CustodyKey deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonNode node = in.readValueAsTree();
            try {
                return new CustodyKey(
                        PublicJwk.parse(node.path("publicJwk").asText()),
                        Base64.getUrlDecoder().decode(node.path("sealed").asText()));
            } catch (InvalidKeyException e) {
                throw context.weirdStringException("", CustodyKey.class, "not a public JWK");
            }
        }
    }
}
