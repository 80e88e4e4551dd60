package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryMutation.Put;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.store.Spending;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Redis that is not durable is refused, both at opening a store and after a restart. */
@RequiresTools("redis-server")
class RedisRefusalTest {
    private static final String PREFIX = "refused:";
    private static final List<String> KEYS = List.of("a", "b");
    private static final List<EntryMutation> SWAP = List.of(new EntryMutation.Remove("a"), new Put("b", "2"));

    @TempDir
    private Path folder;

    static Stream<Arguments> forgetful() {
        return Stream.of(
                Arguments.of("appendonly yes", List.of("--appendonly", "no", "--appendfsync", "always")),
                Arguments.of("appendfsync always", List.of("--appendonly", "yes", "--appendfsync", "everysec")),
                Arguments.of("no-appendfsync-on-rewrite no", durable("--no-appendfsync-on-rewrite", "yes")),
                Arguments.of("maxmemory-policy noeviction", durable("--maxmemory-policy", "allkeys-lru")),
                Arguments.of("role:master", durable("--replicaof", "127.0.0.1 1")),
                Arguments.of("cluster_enabled:0", durable("--cluster-enabled", "yes")),
                Arguments.of("does not tell its setting", durable("--rename-command", "CONFIG", "HIDDEN")));
    }

    private static List<String> durable(String... more) {
        List<String> options = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always", "--save", ""));
        options.addAll(List.of(more));
        return options;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgetful")
    void refusesARedisThatMayForget(String reason, List<String> options) throws Exception {
        try (RedisServer server = RedisServer.with(folder, options)) {
            StoreException refusal =
                    assertThrows(StoreException.class, () -> RedisEntryStore.open(server.address(), PREFIX));
            assertTrue(refusal.getMessage().contains(reason), refusal::toString);
        }
    }

    @Test
    void refusesARedisThatComesBackWithOtherSettings() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            StoreWrite commit = Spending.commit(store, "c-1");
            server.kill();
            assertThrows(StoreException.class, () -> store.write(commit));
            server.restart(RedisServer.command(folder, List.of("--appendonly", "yes")));
            StoreException refusal = assertThrows(StoreException.class, () -> store.write(commit));
            assertTrue(refusal.getMessage().contains("appendfsync"), refusal::toString);
            assertThrows(StoreException.class, store::epoch);
            server.kill();
            server.restart();
            assertEquals(new WriteResult.Written(), store.write(commit));
            assertEquals(1, Spending.spent(store));
        }
    }

    @Test
    void takesAnEmptyRedisForNoStore() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            StoreWrite commit = Spending.commit(store, "c-1");
            server.command("FLUSHALL");
            assertThrows(StoreException.class, () -> store.write(commit));
            assertThrows(StoreException.class, () -> store.snapshot("token:one"));
            assertThrows(
                    StoreException.class,
                    () -> store.write(StoreWrite.of(commit.entries()).build()));
            RedisEntryStore entries = store.entries();
            assertThrows(StoreException.class, () -> entries.read(KEYS));
            assertThrows(StoreException.class, () -> entries.scan("a", "c", 9, ScanOrder.ASCENDING));
            assertThrows(StoreRejectedException.class, () -> entries.write(List.of(), SWAP));
        }
    }

    @Test
    void refusesAStoreOfAnotherFormat() throws Exception {
        try (RedisServer server = RedisServer.durable(folder)) {
            RedisEntryStore.open(server.address(), PREFIX).close();
            server.command("HSET", PREFIX + "entries", " format", "3");
            assertOtherFormat("3", server);
        }
    }

    /** The layout of this example before it was an entry store. */
    @Test
    void refusesAStoreOfTheOldLayout() throws Exception {
        try (RedisServer server = RedisServer.durable(folder)) {
            server.command("SET", PREFIX + "format", "1");
            assertOtherFormat("1", server);
        }
    }

    private static void assertOtherFormat(String format, RedisServer server) {
        StoreException refusal =
                assertThrows(StoreException.class, () -> RedisEntryStore.open(server.address(), PREFIX));
        assertTrue(refusal.getMessage().contains("format " + format), refusal::toString);
    }

    /** Redis does not undo what a script wrote before a command that its user may not run. */
    @ParameterizedTest
    @ValueSource(strings = {"hset", "hdel", "hincrby", "zadd", "zrem"})
    void refusesARedisThatWouldStopAWriteHalfWay(String command) throws Exception {
        try (RedisServer server = RedisServer.durable(folder)) {
            server.command("ACL", "SETUSER", "default", "-" + command);
            assertThrows(StoreException.class, () -> RedisEntryStore.open(server.address(), PREFIX));
        }
    }

    /** With full memory Redis still runs commands that free some, such as the removal at the beginning of a write. */
    @Test
    void writesNothingIntoAFullMemory() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisEntryStore entries = RedisEntryStore.open(server.address(), PREFIX)) {
            assertTrue(entries.write(List.of(), List.of(new Put("a", "1"))));
            Map<String, StoreEntry> before = entries.read(KEYS);
            server.command("CONFIG", "SET", "maxmemory", "1");
            assertRejected("OOM", entries);
            assertEquals(before, entries.read(KEYS), "reads go on");
            server.command("CONFIG", "SET", "maxmemory", "0");
            assertEquals(before, entries.read(KEYS));
            assertTrue(entries.write(List.of(), SWAP));
        }
    }

    @Test
    void writesNothingIntoAReplica() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisEntryStore entries = RedisEntryStore.open(server.address(), PREFIX)) {
            assertTrue(entries.write(List.of(), List.of(new Put("a", "1"))));
            server.command("REPLICAOF", "127.0.0.1", "1");
            assertRejected("READONLY", entries);
            server.command("REPLICAOF", "NO", "ONE");
            assertEquals(Set.of("a"), entries.read(KEYS).keySet());
            assertTrue(entries.write(List.of(), SWAP));
        }
    }

    private static void assertRejected(String reason, RedisEntryStore entries) {
        StoreRejectedException refusal =
                assertThrows(StoreRejectedException.class, () -> entries.write(List.of(), SWAP));
        assertTrue(refusal.getMessage().contains(reason), refusal::toString);
    }

    /** The refusal as the service sees it: nothing is spent, and nothing is tried later. */
    @Test
    void spendsNothingWhileMemoryIsFull() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            StoreWrite commit = Spending.commit(store, "c-1");
            server.command("CONFIG", "SET", "maxmemory", "1");
            assertThrows(StoreRejectedException.class, () -> store.write(commit));
            assertThrows(StoreRejectedException.class, () -> store.write(Spending.moveEpoch("c-2")));
            assertEquals(0, Spending.spent(store), "reads go on");
            server.command("CONFIG", "SET", "maxmemory", "0");
            assertEquals(0, Spending.spent(store));
            assertEquals(0, store.outboxStatus().waiting());
            assertEquals(1, store.heads().get(0).sequence());
            assertEquals(new WriteResult.Written(), store.write(commit));
            assertEquals(1, Spending.spent(store));
        }
    }
}
