package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.MasterKeyShare;
import io.panocrypt.standalone.common.StartupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Gathers the shares of a sealed server's master key from its operators, until they give the key and the service opens.
 * Thread-safe.
 *
 * <p>Shares of up to four sets are gathered side by side, so that one of an old set does not keep out the others. The first
 * complete set is tried; if it gives no key, or another site's, all its shares are wiped. Wrong shares are limited: ten, and
 * one more every ten seconds.
 */
public final class Unsealer {
    private static final System.Logger LOG = System.getLogger(Unsealer.class.getName());
    private static final String OPENS = "the shares are complete, and the service is opening";
    private static final int MAX_SETS = 4;
    private static final int MAX_FAILURES = 10;
    private static final Duration FAILURE_LIFE = Duration.ofSeconds(10);
    /** How long the last share's operator waits for the service to open. */
    private static final Duration OPENING = Duration.ofSeconds(60);

    private final LongSupplier nanos;
    private final List<List<MasterKeyShare>> sets = new ArrayList<>();
    /** The complete set, while it is tried; otherwise empty. */
    private List<MasterKeyShare> complete = List.of();

    private CompletableFuture<Optional<String>> result = new CompletableFuture<>();
    private double failures;
    private long lastFailure;

    /** @param nanos the time, as {@link System#nanoTime} */
    public Unsealer(LongSupplier nanos) {
        this.nanos = nanos;
        this.lastFailure = nanos.getAsLong();
    }

    /** What became of a share. */
    public enum Outcome {
        /** More shares are needed. */
        KEPT,
        /** It was the last one, and the service is open, or will be. */
        OPENED,
        /** It was not kept, or all were wiped. */
        REFUSED,
        /** Too many were wrong; it was not looked at. */
        LIMITED
    }

    /**
     * An answer to an operator.
     *
     * @param text without secrets
     * @param have how many shares of this set are there; 0 if it was not kept
     * @param need how many are needed; 0 if it was not kept
     */
    public record Answer(Outcome outcome, String text, int have, int need) {}

    /** Takes a share; the bytes stay the caller's. Waits for the service to open if it is the last one. */
    public Answer offer(byte[] text) {
        CompletableFuture<Optional<String>> opened;
        synchronized (this) {
            Optional<Answer> answer = keep(text);
            if (answer.isPresent()) {
                return answer.get();
            }
            opened = result;
        }
        return await(opened);
    }

    /** Empty if a set is complete. */
    private Optional<Answer> keep(byte[] text) {
        if (!complete.isEmpty()) {
            return Optional.of(new Answer(Outcome.OPENED, OPENS, 0, 0));
        }
        if (failuresNow() >= MAX_FAILURES) {
            return Optional.of(new Answer(Outcome.LIMITED, "too many wrong shares; wait ten seconds", 0, 0));
        }
        MasterKeyShare share;
        try {
            share = MasterKeyShare.parse(text);
        } catch (IllegalArgumentException e) {
            return Optional.of(refuse(String.valueOf(e.getMessage())));
        }
        Optional<List<MasterKeyShare>> found = setOf(share);
        if (found.isEmpty()) {
            share.close();
            return Optional.of(refuse("shares of " + MAX_SETS + " sets are there, and this is of another one:"
                    + " restart the server to begin again"));
        }
        List<MasterKeyShare> set = found.get();
        if (set.stream().anyMatch(other -> other.index() == share.index())) {
            share.close();
            return Optional.of(kept(share, "is there already", set));
        }
        set.add(share);
        LOG.log(
                System.Logger.Level.INFO,
                "sealed: share {0} of set {1} is there, {2} of {3}",
                share.index(),
                share.set(),
                set.size(),
                share.threshold());
        if (set.size() < share.threshold()) {
            return Optional.of(kept(share, sets.size() > 1 ? "is kept, of another set than others" : "is kept", set));
        }
        complete = List.copyOf(set);
        sets.remove(set);
        notifyAll();
        return Optional.empty();
    }

    /** The set that the share belongs to, which may be a new one; empty if there are too many. */
    private Optional<List<MasterKeyShare>> setOf(MasterKeyShare share) {
        Optional<List<MasterKeyShare>> known =
                sets.stream().filter(set -> set.get(0).isOfSetOf(share)).findFirst();
        if (known.isPresent() || sets.size() == MAX_SETS) {
            return known;
        }
        List<MasterKeyShare> made = new ArrayList<>();
        sets.add(made);
        return Optional.of(made);
    }

    private static Answer kept(MasterKeyShare share, String what, List<MasterKeyShare> set) {
        return new Answer(Outcome.KEPT, "share " + share.index() + " " + what, set.size(), share.threshold());
    }

    private Answer refuse(String problem) {
        failures = failuresNow() + 1;
        lastFailure = nanos.getAsLong();
        LOG.log(System.Logger.Level.WARNING, "sealed: {0}", problem);
        return new Answer(Outcome.REFUSED, problem, 0, 0);
    }

    private double failuresNow() {
        double over = (double) (nanos.getAsLong() - lastFailure) / FAILURE_LIFE.toNanos();
        return Math.max(0, failures - over);
    }

    private static Answer await(CompletableFuture<Optional<String>> opened) {
        try {
            Optional<String> problem = opened.get(OPENING.toNanos(), TimeUnit.NANOSECONDS);
            return problem.map(text -> new Answer(Outcome.REFUSED, text, 0, 0))
                    .orElseGet(() -> new Answer(Outcome.OPENED, "the service is open", 0, 0));
        } catch (TimeoutException e) {
            return new Answer(Outcome.OPENED, OPENS, 0, 0);
        } catch (ExecutionException e) {
            return new Answer(Outcome.REFUSED, "the service could not be opened", 0, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(Outcome.OPENED, "the server is stopping", 0, 0);
        }
    }

    /**
     * Waits for enough shares and opens the service with their key; begins again with new shares if it does not open.
     *
     * @param opener opens the service with the key, as often as it needs
     */
    public <T> T open(Function<Supplier<MasterKey>, T> opener) throws InterruptedException {
        while (true) {
            List<MasterKeyShare> shares = awaitShares();
            Optional<String> problem = Optional.of("the service could not be opened");
            try {
                // Tried first, so that a wrong share costs no connection to the database.
                MasterKeyShare.combine(shares).close();
                T opened = opener.apply(() -> MasterKeyShare.combine(shares));
                problem = Optional.empty();
                return opened;
            } catch (IllegalArgumentException | StartupException e) {
                problem = Optional.of(e.getMessage() + "; these shares were wiped");
            } finally {
                settle(problem);
            }
        }
    }

    private synchronized List<MasterKeyShare> awaitShares() throws InterruptedException {
        while (complete.isEmpty()) {
            wait();
        }
        return complete;
    }

    private synchronized void settle(Optional<String> problem) {
        complete.forEach(MasterKeyShare::close);
        CompletableFuture<Optional<String>> settled = result;
        if (problem.isPresent()) {
            refuse(problem.get());
            complete = List.of();
            result = new CompletableFuture<>();
        } else {
            sets.forEach(set -> set.forEach(MasterKeyShare::close));
            sets.clear();
        }
        settled.complete(problem);
    }
}
