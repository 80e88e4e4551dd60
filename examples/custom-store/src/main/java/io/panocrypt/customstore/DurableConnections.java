package io.panocrypt.customstore;

import io.panocrypt.policy.spi.store.StoreException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Connections to a Redis that keeps what it has answered, or none.
 *
 * <p>Each new connection asks first, not only the one that opens the store: a Redis that was started again, perhaps with
 * other settings, is met over new connections only.
 */
final class DurableConnections extends ConnectionFactory {
    /** The settings without which a use that was spent may come back, and what each must be. */
    private static final Map<String, String> NEEDED = Map.of(
            "appendonly", "yes",
            "appendfsync", "always",
            // Otherwise nothing is synced while the file is rewritten.
            "no-appendfsync-on-rewrite", "no",
            // Otherwise a full memory drops keys, of whichever half of a record it likes.
            "maxmemory-policy", "noeviction");

    DurableConnections(URI redis, int timeoutMillis) {
        super(
                JedisURIHelper.getHostAndPort(redis),
                DefaultJedisClientConfig.builder(redis)
                        .connectionTimeoutMillis(timeoutMillis)
                        .socketTimeoutMillis(timeoutMillis)
                        .build());
    }

    @Override
    protected void initialize(Connection connection) {
        super.initialize(connection);
        try {
            refuseUnlessDurable(connection);
        } catch (StoreException | JedisException e) {
            connection.close();
            throw e;
        }
    }

    private static void refuseUnlessDurable(Connection connection) {
        NEEDED.forEach((name, needed) -> {
            List<String> answer = config(connection, name);
            if (!answer.equals(List.of(name, needed))) {
                throw new StoreException("Redis must have \"" + name + " " + needed + "\", not " + answer);
            }
        });
        connection.sendCommand(Command.INFO);
        List<String> info = new String(connection.getBinaryBulkReply(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        // A replica that is promoted has not heard of the last answers.
        Stream.of("role:master", "cluster_enabled:0", "aof_enabled:1", "aof_last_write_status:ok")
                .filter(needed -> !info.contains(needed))
                .findFirst()
                .ifPresent(needed -> {
                    throw new StoreException("Redis must say \"" + needed + "\" of itself");
                });
    }

    private static List<String> config(Connection connection, String name) {
        try {
            connection.sendCommand(Command.CONFIG, "GET", name);
            return connection.getMultiBulkReply();
        } catch (JedisDataException e) {
            throw new StoreException("Redis does not tell its setting " + name + ", so nobody knows what it keeps", e);
        }
    }
}
