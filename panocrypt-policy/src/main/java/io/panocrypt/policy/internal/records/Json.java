package io.panocrypt.policy.internal.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.WireNamed;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON text of stored bodies: records, journal entries, outbox entries.
 *
 * <p>The first member of a body is the version of its form, {@code "v"}. Unknown members are ignored, so that nodes of two
 * releases can share a store. A change that must not be ignored, such as a member that restricts unlocking, raises the
 * version: bodies of a later version than this release's are rejected. A body without a version predates versions. A missing
 * member makes a body unreadable, because a default might admit more; members added later are the exception. Enum constants
 * are written as {@link WireNamed} says.
 */
public final class Json {
    /** The version of all forms, until one changes in a way that must not be ignored. */
    private static final int VERSION = 1;

    private static final String VERSION_MEMBER = "v";

    private static final String VERSIONED = "{\"" + VERSION_MEMBER + "\":" + VERSION;

    /** Members that bodies of earlier releases do not have. */
    private static final Set<String> LATER_MEMBERS = Set.of(
            "ApprovalRequest.uses",
            "ApprovalRequest.voted",
            "ApprovalRequest$Vote.proof",
            "AttemptEntry.rule",
            "SiteIdentity.previous",
            "SiteIdentity.rewrapStarted",
            "StoredApprovalGroup$Body.quorum",
            "StoredApprovalGroup$Body.signedQuorum",
            "StoredDevice$Body.sameSince",
            "StoredDevice$Body.custody",
            "StoredDevice$Generation.custody",
            "StoredDevice$Generation.hiddenSince",
            "StoredMember$Body.edited",
            "StoredMember$Body.tokenVersion",
            "StoredMember$Body.tokenHash",
            "StoredMember$Body.external",
            "StoredMember$Body.scopes",
            "StoredWebhook.sameSince");

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(texts())
            .addModule(new Jdk8Module())
            .annotationIntrospector(new RequiredMembers())
            .addMixIn(ApprovalRequest.Vote.class, VoteMembers.class)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final ObjectReader STORED = MAPPER.reader().withHandler(new UnknownMembers());

    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private static final ObjectReader FOREIGN = MAPPER.reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    /** Each unlock writes a dozen constants, so each is spelt only once. Bounded by the number of constants. */
    private static final Map<WireNamed, String> NAMES = new ConcurrentHashMap<>();

    /** Bounded by the number of stored forms. */
    private static final Map<Class<?>, ObjectReader> READERS = new ConcurrentHashMap<>();

    private Json() {}

    private static ObjectReader reader(Class<?> type) {
        return READERS.computeIfAbsent(type, STORED::forType);
    }

    private static String nameOf(WireNamed constant) {
        return NAMES.computeIfAbsent(constant, WireNamed::wireName);
    }

    private static SimpleModule texts() {
        SimpleModule module = new SimpleModule();
        module.setDeserializers(new WireNames());
        return module.addSerializer(new Text<>(Instant.class, Instant::toString))
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
                .addDeserializer(CustodyKey.class, new CustodyKeyFromText())
                .addSerializer(new Text<>(WireNamed.class, Json::nameOf))
                .addKeySerializer(WireNamed.class, new WireNameKey())
                .addKeyDeserializer(Gate.class, new GateFromKey())
                .addDeserializer(Device.class, part(Device.class, StoredDevice.class, StoredDevice::device))
                .addDeserializer(Member.class, part(Member.class, StoredMember.class, StoredMember::member))
                .addDeserializer(
                        ApprovalGroup.class,
                        part(ApprovalGroup.class, StoredApprovalGroup.class, StoredApprovalGroup::group))
                .addDeserializer(
                        EnrollmentKey.class,
                        part(EnrollmentKey.class, StoredEnrollmentKey.class, StoredEnrollmentKey::key));
    }

    /** Reads the public part of a stored form. */
    private static <S, T> JsonDeserializer<T> part(Class<T> type, Class<S> stored, Function<S, T> shown) {
        return new StdDeserializer<T>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
                return shown.apply(context.readValue(in, stored));
            }
        };
    }

    /**
     * Writes a stored body, including the version of its form.
     *
     * @throws OperationException as {@link #text} does
     */
    public static String write(Object body) {
        String text = text(body);
        return text.equals("{}") ? VERSIONED + "}" : VERSIONED + "," + text.substring(1);
    }

    /**
     * Writes a value without a version, for a part of a body or for text to sign.
     *
     * @throws OperationException if a text holds half of a surrogate pair, which UTF-8 cannot represent
     */
    public static String text(@Nullable Object value) {
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

    /** Writes a value in ASCII, which survives any re-encoding of a file. */
    public static byte[] writeAscii(Object value) {
        try {
            return ASCII.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the model always writes", e);
        }
    }

    /** Reads a value that somebody else may have written; empty if the text is not exactly of this form. */
    public static <T> Optional<T> readForeign(String text, Class<T> type) {
        try {
            return Optional.ofNullable(FOREIGN.forType(type).readValue(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads a body written by this, an earlier or a later release.
     *
     * @throws UnreadableRecordException if the text is malformed, or its form has a later version
     */
    public static <T> T read(String text, Class<T> type) {
        try (JsonParser in = STORED.createParser(text)) {
            if (text.startsWith(VERSIONED + ",")) {
                skipVersion(in);
            }
            T value = reader(type).readValue(in);
            if (value != null) {
                return value;
            }
        } catch (IOException e) {
            // No cause, because its message would quote the record.
            throw unreadable(type);
        }
        throw unreadable(type);
    }

    /** Goes on to the member after the version. As an unknown member, the version would be copied and then ignored. */
    private static void skipVersion(JsonParser in) throws IOException {
        while (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
            // The start of the object and the name.
        }
        in.nextToken();
    }

    /**
     * Reads signed text, in which no member may be ignored.
     *
     * @throws UnreadableRecordException if the text is not exactly what {@link #text} writes
     */
    public static <T> T readSigned(String text, Class<T> type) {
        return readForeign(text, type).orElseThrow(() -> unreadable(type));
    }

    private static UnreadableRecordException unreadable(Class<?> type) {
        return new UnreadableRecordException(type.getSimpleName());
    }

    /** Whether a stored object has that member. */
    static boolean has(String text, String member) {
        return read(text, JsonNode.class).has(member);
    }

    /** A vote without a proof is written as earlier releases write it. */
    private interface VoteMembers {
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<ApprovalRequest.SignedStatement> proof();
    }

    private static final class RequiredMembers extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
            if (member instanceof AnnotatedParameter parameter
                    && parameter.getDeclaringClass().isRecord()) {
                Class<?> type = parameter.getDeclaringClass();
                String name = type.getRecordComponents()[parameter.getIndex()].getName();
                String outer = type.getName().substring(type.getPackageName().length() + 1);
                return !LATER_MEMBERS.contains(outer + "." + name);
            }
            return super.hasRequiredMarker(member);
        }
    }

    /** Ignores unknown members, but rejects a later version of the form. */
    private static final class UnknownMembers extends DeserializationProblemHandler {
        @Override
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser in,
                JsonDeserializer<?> deserializer,
                Object beanOrClass,
                String name)
                throws IOException {
            if (name.equals(VERSION_MEMBER) && in.getIntValue() > VERSION) {
                throw context.instantiationException(deserializer.handledType(), "a later version");
            }
            in.skipChildren();
            return true;
        }
    }

    /** Reads enum constants by their wire names, or by the names of earlier releases. */
    private static final class WireNames extends SimpleDeserializers {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable JsonDeserializer<?> findEnumDeserializer(
                Class<?> type, DeserializationConfig config, BeanDescription bean) throws JsonMappingException {
            return WireNamed.class.isAssignableFrom(type)
                    ? reader(type.asSubclass(WireNamed.class))
                    : super.findEnumDeserializer(type, config, bean);
        }

        private static <E extends WireNamed> JsonDeserializer<E> reader(Class<E> type) {
            return new FromText<>(type, name -> WireNamed.parse(type, name).orElseThrow());
        }
    }

    private static final class WireNameKey extends JsonSerializer<WireNamed> {
        @Override
        public void serialize(WireNamed value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeFieldName(nameOf(value));
        }
    }

    private static final class GateFromKey extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) throws IOException {
            return WireNamed.parse(Gate.class, key)
                    .orElseThrow(() -> context.weirdKeyException(Gate.class, key, "no gate"));
        }
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
                        PublicJwk.parseAsWritten(node.path("publicJwk").asText()),
                        Base64.getUrlDecoder().decode(node.path("sealed").asText()));
            } catch (InvalidKeyException e) {
                throw context.weirdStringException("", CustodyKey.class, "not a public JWK");
            }
        }
    }
}
