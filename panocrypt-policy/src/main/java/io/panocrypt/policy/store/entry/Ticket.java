package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An act that waits for its write, and what has become of it. Guarded by the lock of its writer, except {@link #abandon}.
 */
final class Ticket<R> {
    private final Act<R> act;
    private final long deadline;

    /** The answer if the write happens. */
    private @Nullable Supplier<R> provisional;

    private @Nullable Supplier<R> answer;
    /** Why nobody knows whether an earlier write of this act happened. */
    private @Nullable StoreException doubt;

    private volatile boolean isAbandoned;

    /** @param deadline by {@link System#nanoTime} */
    Ticket(Act<R> act, long deadline) {
        this.act = act;
        this.deadline = deadline;
    }

    Act<R> act() {
        return act;
    }

    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    /** Nobody waits for it any more, so it must not be done later. A write that is under way may still happen. */
    void abandon() {
        isAbandoned = true;
    }

    boolean isOver() {
        return answer != null || isAbandoned;
    }

    /**
     * Adds the act to a write.
     *
     * @param seal changes something that every act with an id gets
     * @param most how many keys the write may name
     * @return false, and nothing has happened, if the write has no room left
     */
    boolean join(EntryTransaction write, Consumer<EntryTransaction> seal, int most) {
        boolean isFirst = write.keys() == 0;
        EntryTransaction.Mark mark = write.mark();
        try {
            R result = act.work().apply(write);
            provisional = write.changed() == mark.changes().size() ? unchanged(write, seal, result) : () -> result;
        } catch (StoreInputException | UnreadableRecordException e) {
            write.undo(mark);
            fail(e);
            return true;
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            write.undo(mark);
            fail(new StoreRejectedException("the act fails", e));
            return true;
        }
        int keys = write.keys();
        if (keys <= most) {
            return true;
        }
        write.undo(mark);
        if (isFirst) {
            fail(new StoreInputException(
                    "this takes a write of " + keys + " entries, and the store writes at most " + most + " at once"));
        }
        return isFirst;
    }

    /**
     * The answer of an act that changes nothing: it was done before, it has nothing to do, or it refuses. A refusal is
     * sealed: it stands only if no earlier write of the act can happen any more.
     */
    private Supplier<R> unchanged(EntryTransaction write, Consumer<EntryTransaction> seal, R result) {
        if (act.isUndone(write)) {
            seal.accept(write);
        }
        StoreException before = act.ids().isEmpty() ? doubt : null;
        if (before == null) {
            return () -> result;
        }
        return () -> {
            throw before;
        };
    }

    /** The write has happened. */
    void end() {
        if (answer == null) {
            answer = provisional;
        }
    }

    /** Nobody knows whether the write has happened. */
    void doubt(Throwable cause) {
        if (answer == null) {
            doubt = cause instanceof StoreException known ? known : new StoreException("the entry store fails", cause);
        }
    }

    /** The write has not happened, and cannot be made again. */
    void fail(StoreException cause) {
        if (answer == null) {
            StoreException first = doubt == null ? cause : doubt;
            answer = () -> {
                throw first;
            };
        }
    }

    /** The entry store is out of order: only an act that may have happened is worth another try. */
    void reject(Throwable cause) {
        if (doubt == null) {
            fail(
                    cause instanceof StoreRejectedException known
                            ? known
                            : new StoreRejectedException("nothing was written", cause));
        }
    }

    void giveUp() {
        fail(new StoreRejectedException("other writes came first all the time"));
    }

    R answer() {
        Supplier<R> found = answer;
        if (found == null) {
            throw new IllegalStateException("no answer yet");
        }
        return found.get();
    }
}
