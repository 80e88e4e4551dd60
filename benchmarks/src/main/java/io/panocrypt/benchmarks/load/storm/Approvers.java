package io.panocrypt.benchmarks.load.storm;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.benchmarks.load.server.Operator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A few people who approve all pending requests as fast as the server allows. Each lists the requests, approves its
 * share and repeats after one second. Thread-safe.
 */
final class Approvers implements AutoCloseable {
    /** The tag of the devices that need an approval. */
    static final String TAG = "storm=waits";

    private static final int PAGE = 100;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int OK = 200;

    private final List<Operator> people;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger approvals = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong slowestNanos = new AtomicLong();
    private volatile boolean closed;

    private Approvers(List<Operator> people) {
        this.people = people;
    }

    /** Creates {@code count} members and their approval group; returns the members' tokens. */
    static List<String> create(Operator administrator, int count) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode member =
                    administrator.create("members", "{\"name\":\"approver-%d\",\"role\":\"approver\"}".formatted(i));
            ids.add('"' + member.path("id").asText() + '"');
            tokens.add(member.path("token").asText());
        }
        administrator.create(
                "approval-groups",
                "{\"name\":\"storm\",\"requiredTags\":[\"" + TAG + "\"],\"approvers\":[" + String.join(",", ids)
                        + "]}");
        return tokens;
    }

    /** Starts one thread per approver. */
    static Approvers work(Operator anybody, List<String> tokens) {
        Approvers approvers = new Approvers(tokens.stream().map(anybody::as).toList());
        for (int i = 0; i < tokens.size(); i++) {
            int number = i;
            Thread thread = new Thread(() -> approvers.work(number), "approver-" + number);
            thread.setDaemon(true);
            approvers.threads.add(thread);
            thread.start();
        }
        return approvers;
    }

    private void work(int number) {
        while (!closed) {
            try {
                approveShare(number);
            } catch (IOException e) {
                failures.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void approveShare(int number) throws IOException, InterruptedException {
        Operator person = people.get(number);
        String from = "";
        do {
            String path = "requests?state=pending&limit=" + PAGE + from;
            JsonNode page = Operator.JSON.readTree(timed(() -> person.get(path)).body());
            for (JsonNode request : page.path("items")) {
                String id = request.path("id").asText();
                if (!closed
                        && Math.floorMod(id.hashCode(), people.size()) == number
                        && timed(() -> person.post("requests/" + id + "/approve", "{}"))
                                        .statusCode()
                                == OK) {
                    approvals.incrementAndGet();
                }
            }
            String next = page.path("nextCursor").asText("");
            from = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!closed && !from.isEmpty());
    }

    /** One call to the server. */
    private interface Request {
        HttpResponse<String> send() throws IOException, InterruptedException;
    }

    private HttpResponse<String> timed(Request request) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<String> response = request.send();
        slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
        calls.incrementAndGet();
        if (response.statusCode() != OK) {
            failures.incrementAndGet();
        }
        return response;
    }

    /** The number of approved requests. */
    int approvals() {
        return approvals.get();
    }

    /** The number of calls that were answered. */
    int calls() {
        return calls.get();
    }

    /** The number of calls that failed. */
    int failures() {
        return failures.get();
    }

    /** The longest time that a call took. */
    double slowestMillis() {
        return (double) slowestNanos.get() / TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** Stops the approvers without waiting for calls in progress. */
    void stop() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    @Override
    public void close() {
        stop();
    }
}
