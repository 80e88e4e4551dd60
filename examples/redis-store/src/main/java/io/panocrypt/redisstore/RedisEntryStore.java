package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * An entry store on Redis 7 or later, shared by any number of nodes: a hash from key to version and value, and a sorted
 * set of the keys. A write is one Lua script, which Redis runs atomically, and so is a scan.
 *
 * <p>Thread-safe. A method throws {@link StoreException} within a few seconds if Redis is unreachable, slow, or not
 * durable.
 */
public final class RedisEntryStore implements EntryStore, AutoCloseable {
    private static final String FORMAT = "2";

    /** The hash's field for the format. It is no entry, because a key holds no space. */
    private static final String FORMAT_FIELD = " format";

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_CONNECTIONS = 16;
    private static final String WRITE = script("write");
    private static final String SCAN = script("scan");

    /** The first words of errors after which nothing was written: those before a script begins, and the script's own. */
    private static final Set<String> REFUSALS =
            Set.of("BUSY", "GONE", "LOADING", "MISCONF", "NOREPLICAS", "OOM", "READONLY");

    /** No key of an entry, because it holds a space; before all of them, so no scan finds it. */
    private static final String PROBE = " probe";

    private final ConnectionPool pool;
    private final String entries;
    private final String keys;
    private final @Nullable InstantSource clock;

    private RedisEntryStore(URI address, String prefix, @Nullable InstantSource clock, Duration timeout) {
        ConnectionPoolConfig config = new ConnectionPoolConfig();
        config.setMaxTotal(MAX_CONNECTIONS);
        config.setMaxIdle(MAX_CONNECTIONS);
        config.setMaxWait(timeout);
        this.pool = new ConnectionPool(new DurableConnections(address, (int) timeout.toMillis()), config);
        this.entries = prefix + "entries";
        this.keys = prefix + "keys";
        this.clock = clock;
    }

    /**
     * Opens the store and initializes it if it is empty. Uses the server's time.
     *
     * @param address such as {@code redis://user:password@127.0.0.1:6379/0}, or {@code rediss:} for TLS
     * @param prefix prefix of all keys, such as {@code panocrypt:}; each prefix is a separate store
     * @throws StoreException if Redis is unreachable, not durable, or holds a store of another format
     */
    public static RedisEntryStore open(URI address, String prefix) {
        return open(address, prefix, null, TIMEOUT);
    }

    /**
     * The same for tests.
     *
     * @param clock another clock than the server's; null for the server's
     */
    static RedisEntryStore open(URI address, String prefix, @Nullable InstantSource clock, Duration timeout) {
        RedisEntryStore store = new RedisEntryStore(address, prefix, clock, timeout);
        try {
            store.initialize(prefix);
            return store;
        } catch (StoreException e) {
            store.close();
            throw e;
        }
    }

    private void initialize(String prefix) {
        // Earlier versions of this example kept their format, 1, under a key of its own.
        String found = run(BuilderFactory.STRING, Command.GET, prefix + "format");
        if (found == null) {
            run(BuilderFactory.LONG, Command.HSETNX, entries, FORMAT_FIELD, FORMAT);
            found = run(BuilderFactory.STRING, Command.HGET, entries, FORMAT_FIELD);
        }
        if (!FORMAT.equals(found)) {
            throw new StoreException("the store has format " + found + ", and this is for format " + FORMAT
                    + "; start with an empty database");
        }
        // A user who may run only some of the script's commands would leave half of a write. That must fail now.
        runScript(BuilderFactory.STRING, WRITE, List.of("0", PROBE, "="));
        runScript(BuilderFactory.STRING, WRITE, List.of("0", PROBE, ""));
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> wanted) {
        EntryInput.checkRead(wanted, maxBatch());
        List<String> fields = new ArrayList<>(List.of(entries, FORMAT_FIELD));
        fields.addAll(wanted);
        List<@Nullable String> found = run(BuilderFactory.STRING_LIST, Command.HMGET, fields.toArray());
        if (found.get(0) == null) {
            // A Redis that lost its data must not look like a new store.
            throw new StoreException("the store is gone");
        }
        Map<String, StoreEntry> read = new HashMap<>();
        int next = 1;
        for (String key : wanted) {
            String stored = found.get(next++);
            if (stored != null) {
                read.put(key, entry(key, stored));
            }
        }
        return read;
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        EntryInput.checkScan(from, to, limit);
        List<String> found =
                runScript(BuilderFactory.STRING_LIST, SCAN, List.of(from, to, String.valueOf(limit), order.name()));
        List<StoreEntry> scanned = new ArrayList<>();
        for (int i = 0; i < found.size(); i += 2) {
            scanned.add(entry(found.get(i), found.get(i + 1)));
        }
        return scanned;
    }

    private static StoreEntry entry(String key, String stored) {
        int space = stored.indexOf(' ');
        return new StoreEntry(key, stored.substring(space + 1), stored.substring(0, space));
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        EntryInput.checkWrite(conditions, mutations, maxBatch());
        List<String> arguments = new ArrayList<>(List.of(String.valueOf(conditions.size())));
        for (EntryCondition condition : conditions) {
            arguments.add(condition.key());
            arguments.add(condition instanceof EntryCondition.HasVersion wanted ? "=" + wanted.version() : "");
        }
        for (EntryMutation mutation : mutations) {
            arguments.add(mutation.key());
            arguments.add(mutation instanceof EntryMutation.Put put ? "=" + put.value() : "");
        }
        return switch (runScript(BuilderFactory.STRING, WRITE, arguments)) {
            case "WRITTEN" -> true;
            case "UNMET" -> false;
            // An answer that is not understood must never count as a write.
            default -> throw new StoreException("unexpected answer to a write");
        };
    }

    @Override
    public Instant now() {
        if (clock != null) {
            return clock.instant();
        }
        List<String> time = run(BuilderFactory.STRING_LIST, Command.TIME);
        return Instant.ofEpochSecond(Long.parseLong(time.get(0)), 1_000 * Long.parseLong(time.get(1)));
    }

    /**
     * The store's time, for {@code Panocrypt.Builder.clock}: the node's time is stored in a grant and compared with the
     * store's, so both must agree whatever the node's own clock shows.
     *
     * @throws StoreException if Redis does not answer
     */
    public InstantSource clock() {
        return new ServerClock(InstantSource.system(), this::now);
    }

    /** True: it waits at most 2 s for a connection of the pool, and for each answer of Redis. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }

    /** Redis finds a compiled script by its hash, so sending the text again costs only its transfer. */
    private <T> T runScript(Builder<T> answer, String script, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(script, "2", entries, keys));
        all.addAll(arguments);
        return run(answer, Command.EVAL, all.toArray());
    }

    /** Every fault is a {@link StoreException} whose message contains no part of the request. */
    private <T> T run(Builder<T> answer, Command command, Object... arguments) {
        try (Connection connection = connect()) {
            return connection.executeCommand(
                    new CommandObject<>(new CommandArguments(command).addObjects(arguments), answer));
        } catch (JedisDataException e) {
            String reason = String.valueOf(e.getMessage()).split(" ", 2)[0];
            if (REFUSALS.contains(reason)) {
                throw new StoreRejectedException("Redis refuses: " + reason, e);
            }
            throw new StoreException("Redis fails at " + command, e);
        } catch (JedisException e) {
            // The other pooled connections are probably closed too, and each would fail another call.
            pool.clear();
            throw new StoreException("Redis does not answer", e);
        }
    }

    /** Without a connection nothing was sent, so nothing has happened. */
    private Connection connect() {
        try {
            return pool.getResource();
        } catch (JedisException e) {
            String reason = e.getCause() instanceof StoreException refusal ? refusal.getMessage() : "no connection";
            throw new StoreRejectedException("Redis cannot be used: " + reason, e);
        }
    }

    private static String script(String name) {
        try (InputStream text = RedisEntryStore.class.getResourceAsStream(name + ".lua")) {
            if (text == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("script " + name + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
