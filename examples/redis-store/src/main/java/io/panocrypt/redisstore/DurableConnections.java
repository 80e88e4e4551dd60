package io.panocrypt.redisstore;

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
 * Opens connections only to a Redis that is configured to keep what it has answered.
 *
 * <p>Checks every new connection, not only the first: a restarted Redis may have other settings, and is reached only
 * over new connections.
 */
final class DurableConnections extends ConnectionFactory {
    /** The required settings. With any other value a spent use may come back. */
    private static final Map<String, String> NEEDED = Map.of(
            "appendonly", "yes",
            "appendfsync", "always",
            // With "yes" nothing is synced while the file is rewritten.
            "no-appendfsync-on-rewrite", "no",
            // Any other policy evicts keys when memory is full, possibly only a part of a record.
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
        // A promoted replica may lack the last answers.
        Stream.of("role:master", "cluster_enabled:0", "aof_enabled:1", "aof_last_write_status:ok")
                .filter(needed -> !info.contains(needed))
                .findFirst()
                .ifPresent(needed -> {
                    throw new StoreException("Redis must report \"" + needed + "\"");
                });
    }

    private static List<String> config(Connection connection, String name) {
        try {
            connection.sendCommand(Command.CONFIG, "GET", name);
            return connection.getMultiBulkReply();
        } catch (JedisDataException e) {
            throw new StoreException(
                    "Redis does not tell its setting " + name + ": allow CONFIG GET, it is needed to check durability",
                    e);
        }
    }
}
