package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts the syncs of etcd's log: after a kill one sees only what etcd wrote, not what reached the disk. */
@RequiresTools("etcd")
class EtcdSyncTest {
    private static final int WRITES = 20;
    private static final String COUNT = "etcd_disk_wal_fsync_duration_seconds_count ";

    @TempDir
    private Path folder;

    @Test
    void syncsEachWrite() throws Exception {
        long syncs = syncs();
        assertTrue(syncs >= WRITES, syncs + " syncs");
    }

    /** Tests the test. With this option, of which no client is told, etcd may lose what it has answered. */
    @Test
    void wouldNoticeAnEtcdThatDoesNotSync() throws Exception {
        assertEquals(0, syncs("--unsafe-no-fsync"));
    }

    private long syncs(String... options) throws Exception {
        try (EtcdServer server = EtcdServer.start(folder, options);
                EtcdEntryStore store = server.open("sync/")) {
            long before = count(server);
            for (int i = 0; i < WRITES; i++) {
                store.write(List.of(), List.of(new EntryMutation.Put("k", "v" + i)));
            }
            return count(server) - before;
        }
    }

    private static long count(EtcdServer server) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.address().resolve("/metrics")).build();
        String metrics = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith(COUNT))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(COUNT.length())))
                .sum();
    }
}
