package io.panocrypt.redisstore;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * Runs this package's scripts on one Redis. Requests are JSON, answers are lists of texts.
 *
 * <p>Thread-safe. Every fault is a {@link StoreException}, which means that the outcome is unknown. Its message
 * contains no part of the request.
 */
final class RedisScripts implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 16;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(Instant.class, InstantInMillis.class)
            .addMixIn(JournalEntry.Kind.class, KindOfAnyWord.class)
            .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final RedisClient redis;
    private final PooledConnectionProvider connections;
    private final String prefix;
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    /** Writes times as milliseconds, which the scripts compare. */
    private interface InstantInMillis {
        @JsonValue
        long toEpochMilli();

        @JsonCreator
        static Instant ofEpochMilli(long millis) {
            throw new UnsupportedOperationException("stands for the method of Instant");
        }
    }

    /** An unknown kind in one entry must not prevent reading the others. */
    private interface KindOfAnyWord {
        @JsonCreator
        static JournalEntry.Kind of(String name) {
            throw new UnsupportedOperationException("stands for the method of Kind");
        }
    }

    /**
     * A script's argument.
     *
     * @param now the time; null for the server's time
     * @param chain this node's chain
     * @param head the end of the chain, as far as this node knows
     * @param rows the entries to append
     * @param act the verb's own arguments
     */
    record Request(@Nullable Long now, String chain, String head, List<?> rows, Map<String, ?> act) {}

    /** @param timeout the maximum wait for a connection, and for an answer */
    RedisScripts(URI address, String prefix, Duration timeout) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(MAX_CONNECTIONS);
        pool.setMaxIdle(MAX_CONNECTIONS);
        pool.setMaxWait(timeout);
        this.connections =
                new PooledConnectionProvider(new DurableConnections(address, (int) timeout.toMillis()), pool);
        this.redis = RedisClient.builder().connectionProvider(connections).build();
        this.prefix = prefix;
    }

    /** Runs a verb. Redis finds a compiled script by its hash, so sending the text again costs only its transfer. */
    @SuppressWarnings("unchecked") // scripts answer only with texts
    List<String> run(String verb, Request request) {
        String asked = json(request);
        // JSON escapes NUL. An unpaired surrogate would be sent as a question mark, so it is refused.
        StoreText.check(asked);
        try {
            return (List<String>)
                    redis.eval(texts.computeIfAbsent(verb, RedisScripts::text), List.of(prefix), List.of(asked));
        } catch (JedisConnectionException e) {
            // The other pooled connections are probably closed too, and each would fail another call.
            connections.getPool().clear();
            throw new StoreException("Redis does not answer", e);
        } catch (JedisException e) {
            if (e.getCause() instanceof StoreException refusal) {
                throw refusal;
            }
            throw new StoreException("Redis refuses to " + verb, e);
        }
    }

    /**
     * Loads a script. Its first line tells Redis whether it writes; Redis refuses a writing script up front if it
     * cannot write.
     */
    private static String text(String verb) {
        String script = resource(verb);
        int body = script.indexOf('\n') + 1;
        return script.substring(0, body) + resource("shared") + script.substring(body);
    }

    private static String resource(String name) {
        try (InputStream text = RedisScripts.class.getResourceAsStream(name + ".lua")) {
            if (text == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("script " + name + " cannot be read", e);
        }
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of texts and numbers have a form in JSON", e);
        }
    }

    /** Parses without a cause: the parser's message would quote the text. */
    static <T> T parse(String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new StoreException("what is stored is no " + type.getSimpleName());
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
