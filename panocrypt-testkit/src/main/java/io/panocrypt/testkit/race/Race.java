package io.panocrypt.testkit.race;

import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.TestTimeout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Races attempts of one device on two nodes against concurrent acts of people.
 *
 * <p>Attempts start before the acts and continue for a few more after all acts have returned. The first act is the one
 * that must end something: attempts that begin after it has returned are counted separately. The machines always leave
 * some granted uses for these last attempts, however slow the acts are. Otherwise an act without effect would go
 * unnoticed.
 */
final class Race {
    private static final int ASKERS = 4;
    private static final int ASKED_BEFORE = 2;
    private static final int ASKED_AFTER = 2;
    /** Each asker may have started one more attempt when enough are answered. */
    private static final int RESERVE = ASKERS * (ASKED_AFTER + 1);

    private final RaceStage stage;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger lateAnswers = new AtomicInteger();
    private final AtomicInteger rowsWhenEnded = new AtomicInteger(-1);

    private Race(RaceStage stage) {
        this.stage = stage;
    }

    /**
     * The result of a race.
     *
     * @param answers number of answered attempts during the race
     * @param lateAnswers number of answered attempts that began after the first act had returned
     * @param lateRows number of answers committed after the first act had returned
     * @param refusals why each act was refused, in order; empty for a successful act
     */
    record Result(int answers, int lateAnswers, int lateRows, List<Optional<OperationException.Kind>> refusals) {}

    static Result run(RaceStage stage, Runnable ending, Runnable... others) throws Exception {
        return new Race(stage).run(ending, List.of(others));
    }

    private Result run(Runnable ending, List<Runnable> others) throws Exception {
        List<Runnable> acts = new ArrayList<>();
        acts.add(() -> {
            ending.run();
            ended.set(true);
            rowsWhenEnded.set(stage.answersInHistory());
        });
        acts.addAll(others);
        CountDownLatch asked = new CountDownLatch(ASKED_BEFORE * ASKERS);
        CountDownLatch acted = new CountDownLatch(acts.size());
        CyclicBarrier together = new CyclicBarrier(acts.size());
        List<Callable<Optional<OperationException.Kind>>> tasks = new ArrayList<>();
        for (Runnable act : acts) {
            tasks.add(() -> {
                try {
                    if (!asked.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS)) {
                        throw new AssertionError("nobody was answered in time");
                    }
                    together.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
                    return refusalOf(act);
                } finally {
                    acted.countDown();
                }
            });
        }
        for (int i = 0; i < ASKERS; i++) {
            int asker = i;
            tasks.add(() -> ask(asker, asked, acted));
        }
        List<Optional<OperationException.Kind>> told = Parallel.run(tasks);
        int lateRows = ended.get() ? stage.answersInHistory() - rowsWhenEnded.get() : 0;
        return new Result(answers.get(), lateAnswers.get(), lateRows, told.subList(0, acts.size()));
    }

    private static Optional<OperationException.Kind> refusalOf(Runnable act) {
        try {
            act.run();
            return Optional.empty();
        } catch (OperationException e) {
            return Optional.of(e.kind());
        }
    }

    private Optional<OperationException.Kind> ask(int asker, CountDownLatch asked, CountDownLatch acted)
            throws InterruptedException {
        int after = 0;
        while (after < ASKED_AFTER) {
            if (asked.getCount() == 0 && leavesOnlyTheReserve()) {
                acted.await();
            }
            boolean late = ended.get();
            after += acted.getCount() == 0 ? 1 : 0;
            if (stage.ask(asker) instanceof UnlockResult.Answered) {
                answers.incrementAndGet();
                lateAnswers.addAndGet(late ? 1 : 0);
            }
            asked.countDown();
        }
        return Optional.empty();
    }

    private boolean leavesOnlyTheReserve() {
        int granted = stage.granted();
        return granted > RESERVE && answers.get() >= granted - RESERVE;
    }
}
