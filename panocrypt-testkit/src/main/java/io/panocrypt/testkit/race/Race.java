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
 * Machines that ask one device's question on two nodes, again and again, while people act at the same moment.
 *
 * <p>The machines ask before anybody acts, and a few times after all have. The first of the acts is the one that is meant to
 * end something: what was asked after it had returned is counted apart. However slow the acts are, the machines leave enough of
 * what was granted for their last questions; otherwise these would find nothing left, and an act that ends nothing would
 * look right.
 */
final class Race {
    private static final int ASKERS = 4;
    private static final int ASKED_BEFORE = 2;
    private static final int ASKED_AFTER = 2;
    /** Each may have begun one attempt more when enough is answered. */
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
     * How it went.
     *
     * @param answers points that left while it lasted
     * @param lateAnswers those of attempts that began when the first act had returned
     * @param lateRows answers that were committed when the first act had returned
     * @param refusals why each act was refused, in their order; empty for one that was done
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
                    return told(act);
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

    private static Optional<OperationException.Kind> told(Runnable act) {
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
