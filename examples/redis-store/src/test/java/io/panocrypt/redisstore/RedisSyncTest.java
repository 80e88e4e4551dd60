package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches the system calls of Redis: after a kill one sees only what Redis wrote, not what reached the disk. */
@RequiresTools({"redis-server", "redis-cli", "strace"})
class RedisSyncTest {
    private static final int WRITES = 20;

    @TempDir
    private Path folder;

    @Test
    void isAnsweredWhenTheDiskHasIt() throws Exception {
        assertEquals(new Answers(WRITES, 0), watch("always"));
    }

    /** Tests the test: with this setting, made after the store was opened, unsynced answers must be seen. */
    @Test
    void wouldNoticeAnAnswerBeforeThat() throws Exception {
        assertEquals(new Answers(0, WRITES), watch("no"));
    }

    /** How many answers to writes were sent with all writes synced, and how many without. */
    private record Answers(int synced, int unsynced) {}

    private Answers watch(String appendfsync) throws Exception {
        Path calls = folder.resolve("calls");
        try (RedisServer server = RedisServer.durable(Files.createDirectory(folder.resolve("data")));
                RedisEntryStore entries = RedisEntryStore.open(server.address(), "sync:")) {
            server.command("CONFIG", "SET", "appendfsync", appendfsync);
            String file = descriptor(server.process().pid());
            Process strace = attach(server.process().pid(), calls);
            try {
                for (int i = 0; i < WRITES; i++) {
                    assertTrue(entries.write(List.of(), List.of(new EntryMutation.Put("k-" + i, "v"))));
                }
            } finally {
                strace.destroy();
                assertTrue(strace.waitFor(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS), "strace does not let go");
            }
            return judge(Files.readAllLines(calls), file);
        }
    }

    /** The file descriptor of Redis's append-only file. */
    private static String descriptor(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            for (Path link : open.toList()) {
                if (Files.readSymbolicLink(link).toString().endsWith(".incr.aof")) {
                    return link.getFileName().toString();
                }
            }
        }
        throw new IOException("redis-server has no append-only file open");
    }

    /** Traces only the thread that runs commands, syncs and answers. */
    private static Process attach(long pid, Path calls) throws IOException {
        Process strace = new ProcessBuilder(
                        "strace",
                        "-o",
                        calls.toString(),
                        "-e",
                        "trace=write,writev,sendto,sendmsg,fsync,fdatasync",
                        "-p",
                        String.valueOf(pid))
                .redirectErrorStream(true)
                .start();
        BufferedReader said = strace.inputReader();
        String line = said.readLine();
        assumeTrue(line != null && line.contains("attached"), () -> "missing tool: strace may not attach: " + line);
        return strace;
    }

    private static Answers judge(List<String> calls, String file) {
        boolean synced = true;
        int good = 0;
        int bad = 0;
        for (String call : calls) {
            if (call.startsWith("write(" + file + ",")) {
                synced = false;
            } else if (call.matches("f(data)?sync\\(" + file + "\\) += 0")) {
                synced = true;
            } else if (call.contains("WRITTEN")) {
                good += synced ? 1 : 0;
                bad += synced ? 0 : 1;
            }
        }
        return new Answers(good, bad);
    }
}
