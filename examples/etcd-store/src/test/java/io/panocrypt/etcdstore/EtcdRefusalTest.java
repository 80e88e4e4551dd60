package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.options.CompactOption;
import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What etcd refuses has not happened, and the store says so. */
@RequiresTools("etcd")
class EtcdRefusalTest {
    private static final String NAMESPACE = "refused/";
    private static final String QUOTA = String.valueOf(4 * 1024 * 1024);

    @TempDir
    private Path folder;

    private EtcdServer server;
    private EtcdEntryStore store;

    @BeforeEach
    void open() throws Exception {
        server = EtcdServer.start(folder, "--quota-backend-bytes", QUOTA);
        store = server.open(NAMESPACE);
    }

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    /** etcd refuses 1.5 MiB, and gRPC before it 2 MiB. */
    @Test
    void refusesAWriteThatIsTooLargeAsInput() {
        for (int values : List.of(6, 7, 9)) {
            List<EntryMutation> mutations = new ArrayList<>();
            for (int i = 0; i < values; i++) {
                mutations.add(new EntryMutation.Put("k" + i, "x".repeat(EntryStore.MAX_VALUE_BYTES)));
            }
            assertThrows(StoreInputException.class, () -> store.write(List.of(), mutations), values + " values");
        }
        assertEquals(List.of(), store.scan("!", "~", 10, ScanOrder.ASCENDING));
        assertTrue(put("k", "x".repeat(EntryStore.MAX_VALUE_BYTES)));
    }

    @Test
    void rejectsWritesWhileEtcdIsFullAndWritesWhenThereIsSpaceAgain() throws Exception {
        assertTrue(put("small", "1"));
        String large = "x".repeat(EntryStore.MAX_VALUE_BYTES);
        StoreRejectedException full = assertThrows(StoreRejectedException.class, () -> {
            while (true) {
                put("large", large);
            }
        });
        assertTrue(full.getMessage().contains("space exceeded"), full::toString);
        // Everything that puts, even if it would need no space in the end.
        assertThrows(StoreRejectedException.class, () -> put("small", "2"));
        assertEquals("1", store.read(List.of("small")).get("small").value(), "reads go on");
        makeSpace();
        assertTrue(put("small", "3"));
        assertEquals("3", store.read(List.of("small")).get("small").value());
    }

    /** Drops old revisions, gives their space back and ends the alarm, as an operator would. */
    private void makeSpace() throws Exception {
        String version = store.read(List.of("large")).get("large").version();
        try (Client client = server.client("").build()) {
            CompactOption waiting =
                    CompactOption.builder().withCompactPhysical(true).build();
            await(client.getKVClient().compact(Long.parseLong(version), waiting));
            Maintenance maintenance = client.getMaintenanceClient();
            await(maintenance.defragmentMember(server.address().toString()));
            for (AlarmMember alarm : await(maintenance.listAlarms()).getAlarms()) {
                await(maintenance.alarmDisarm(alarm));
            }
        }
    }

    private static <T> T await(CompletableFuture<T> answer) throws Exception {
        return answer.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
    }

    /** For etcd, a key that does not exist has revision 0. */
    @Test
    void takesNoVersionForAbsence() {
        for (String version : List.of("0", "", "-1", "00", "99999999999999999999", "x")) {
            assertFalse(
                    store.write(List.of(new EntryCondition.HasVersion("k", version)), List.of(remove("other"))),
                    version);
        }
    }

    private static EntryMutation remove(String key) {
        return new EntryMutation.Remove(key);
    }

    private boolean put(String key, String value) {
        return store.write(List.of(), List.of(new EntryMutation.Put(key, value)));
    }
}
