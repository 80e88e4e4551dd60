package io.panocrypt.customstore;

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
 * Runs the scripts that lie beside this class on one Redis: a request goes as JSON, an answer comes as texts.
 *
 * <p>Thread-safe. Whatever goes wrong is a {@link StoreException}, which says that the outcome is unknown; its message holds
 * nothing of what was asked.
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

    /** The form of a time in JSON: milliseconds, as the scripts compare them. */
    private interface InstantInMillis {
        @JsonValue
        long toEpochMilli();

        @JsonCreator
        static Instant ofEpochMilli(long millis) {
            throw new UnsupportedOperationException("stands for the method of Instant");
        }
    }

    /** A word that somebody has written into a row must not keep the others from being read. */
    private interface KindOfAnyWord {
        @JsonCreator
        static JournalEntry.Kind of(String name) {
            throw new UnsupportedOperationException("stands for the method of Kind");
        }
    }

    /**
     * What a script is asked.
     *
     * @param now the time; null for that of the server
     * @param chain this node's chain
     * @param head where this node believes the chain to end
     * @param rows that follow from there
     * @param act what the verb is to do
     */
    record Request(@Nullable Long now, String chain, String head, List<?> rows, Map<String, ?> act) {}

    /** @param timeout how long to wait for a connection, and for an answer */
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

    /** Runs a verb. Redis knows by its hash a script that it has compiled, so that only the text's way is paid again. */
    @SuppressWarnings("unchecked") // Scripts answer with nothing but texts.
    List<String> run(String verb, Request request) {
        String asked = json(request);
        // NUL is escaped in it; half of a surrogate pair would be sent as a question mark.
        StoreText.check(asked);
        try {
            return (List<String>)
                    redis.eval(texts.computeIfAbsent(verb, RedisScripts::text), List.of(prefix), List.of(asked));
        } catch (JedisConnectionException e) {
            // Whatever closed this connection has closed the others too, and each would cost a caller its answer.
            connections.getPool().clear();
            throw new StoreException("Redis does not answer", e);
        } catch (JedisException e) {
            if (e.getCause() instanceof StoreException refusal) {
                throw refusal;
            }
            throw new StoreException("Redis refuses to " + verb, e);
        }
    }

    /** A script's first line tells Redis whether it writes: one that does is not even begun where it could not write. */
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

    /** The parser's own words would show what it read. */
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
