package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A Redis that is not durable is refused, both at opening a store and after a restart. */
@RequiresTools("redis-server")
class RedisRefusalTest {
    private static final String PREFIX = "refused:";

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
                    assertThrows(StoreException.class, () -> RedisStore.open(server.address(), PREFIX, "node-1"));
            assertTrue(refusal.getMessage().contains(reason), refusal::toString);
        }
    }

    @Test
    void refusesARedisThatComesBackWithOtherSettings() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            DecisionCommit commit = Spending.commit(store, "c-1");
            server.kill();
            assertThrows(StoreException.class, () -> store.commit(commit));
            server.startAgain(List.of("--appendonly", "yes"));
            StoreException refusal = assertThrows(StoreException.class, () -> store.commit(commit));
            assertTrue(refusal.getMessage().contains("appendfsync"), refusal::toString);
            assertThrows(StoreException.class, store::epoch);
            server.kill();
            server.startAgain();
            assertEquals(CommitResult.COMMITTED, store.commit(commit));
            assertEquals(1, Spending.spent(store));
        }
    }

    @Test
    void takesAnEmptyRedisForNoStore() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            DecisionCommit commit = Spending.commit(store, "c-1");
            server.command("FLUSHALL");
            assertThrows(StoreException.class, () -> store.commit(commit));
            assertThrows(StoreException.class, () -> store.snapshot("token:one"));
            assertThrows(StoreException.class, () -> store.append(commit.entry()));
        }
    }

    @Test
    void refusesAStoreOfAnotherFormat() throws Exception {
        try (RedisServer server = RedisServer.durable(folder)) {
            RedisStore.open(server.address(), PREFIX, "node-1").close();
            server.command("SET", PREFIX + "format", "2");
            assertThrows(StoreException.class, () -> RedisStore.open(server.address(), PREFIX, "node-1"));
        }
    }

    /** With full memory Redis still runs commands that free some, such as the cancel at the beginning of an edit. */
    @Test
    void writesNothingIntoAFullMemory() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), PREFIX, "node-1")) {
            Spending.prepare(store);
            DecisionCommit commit = Spending.commit(store, "c-1");
            server.command("CONFIG", "SET", "maxmemory", "1");
            assertThrows(StoreException.class, () -> store.commit(commit));
            assertThrows(StoreException.class, () -> store.apply(Spending.cancel("c-2")));
            assertEquals(0, Spending.spent(store), "reads go on");
            server.command("CONFIG", "SET", "maxmemory", "0");
            assertEquals(0, Spending.spent(store));
            assertEquals(0, store.outboxStatus().waiting());
            assertEquals(1, store.heads().get(0).sequence());
            assertEquals(CommitResult.COMMITTED, store.commit(commit));
            assertEquals(1, Spending.spent(store));
        }
    }
}
