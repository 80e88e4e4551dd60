package io.panocrypt.testkit.race;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.testkit.support.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Two threads that act with a stolen token, one on each node, until the token is invalid. */
final class Thieves {
    private static final int ACTS_BEFORE = 4;
    /** Acts per thread after the end, if none is refused. */
    private static final int ACTS_AFTER = 8;

    private static final long TIMEOUT_SECONDS = 50;

    private final RacingService service;

    Thieves(RacingService service) {
        this.service = service;
    }

    /** Starts the thieves and calls {@code end} after a few acts. Returns when they have stopped. */
    void race(Consumer<Panocrypt> act, Runnable end) throws Exception {
        CountDownLatch acted = new CountDownLatch(ACTS_BEFORE);
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Panocrypt node : List.of(service.here, service.there)) {
            tasks.add(() -> {
                int after = 0;
                while (after < ACTS_AFTER && isDone(() -> act.accept(node))) {
                    after += ended.get() ? 1 : 0;
                    acted.countDown();
                }
                return true;
            });
        }
        tasks.add(() -> {
            try {
                assertTrue(acted.await(TIMEOUT_SECONDS, TimeUnit.SECONDS), "nothing was done in time");
                end.run();
                return true;
            } finally {
                ended.set(true);
            }
        });
        Parallel.run(tasks);
    }

    /**
     * Runs an act; returns false once it is refused. Neither a conflict between the two thieves nor a write for which a busy
     * store has no turn counts as a refusal.
     */
    private static boolean isDone(Runnable act) {
        try {
            act.run();
            return true;
        } catch (StoreRejectedException e) {
            return true;
        } catch (OperationException e) {
            if (e.kind() == Kind.UNAUTHENTICATED || e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            if (e.kind() == Kind.STALE) {
                return true;
            }
            throw e;
        }
    }

    /** The member whose token this is now. */
    Member authenticated(String token) {
        return service.here.members().authenticate(token).orElseThrow(Thieves::ended);
    }

    static OperationException ended() {
        return new OperationException(Kind.UNAUTHENTICATED, "the token has ended");
    }

    /** Rotates the member's token; empty if the token it had when read is no longer valid. */
    static Optional<String> rotate(Panocrypt node, Member member) {
        try {
            return Optional.of(node.members()
                    .rotateToken(Actor.of(member), member.id(), null)
                    .token());
        } catch (OperationException e) {
            if (e.kind() == Kind.UNAUTHENTICATED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The number of recorded acts of the member. */
    int acts(String member) {
        int acts = 0;
        Optional<String> cursor = Optional.empty();
        do {
            Page<AuditRecord> page = service.here.history().audit(cursor.orElse(null), 1000);
            acts += (int) page.items().stream()
                    .filter(entry -> entry.actor().equals(member))
                    .count();
            cursor = page.nextCursor();
        } while (cursor.isPresent());
        return acts;
    }
}
