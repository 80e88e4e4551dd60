package io.panocrypt.policy.model;

import java.util.ArrayList;
import java.util.List;

/** An operator's request that cannot be done as asked; nothing was changed. */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why not. */
    public enum Kind {
        /** The request itself is wrong; the messages say each thing that is. */
        INVALID,
        /** There is no such object. */
        NOT_FOUND,
        /** Another object has that name. */
        TAKEN,
        /** The object has changed since the version that the request names. */
        STALE,
        /** The object's state does not admit it. */
        CONFLICT,
        /** It takes approval or all approvers away from devices, or destroys what it does not name: say so explicitly. */
        UNCONFIRMED,
        /** The member may not. */
        FORBIDDEN,
        /** The token that authenticated ended before the change could be committed. */
        UNAUTHENTICATED
    }

    private final Kind kind;
    private final int devices;
    private final transient List<String> problems;

    /** A request that failed for one reason. */
    public OperationException(Kind kind, String problem) {
        this(kind, List.of(problem));
    }

    /** A request that failed for several. */
    public OperationException(Kind kind, List<String> problems) {
        this(kind, problems, 0);
    }

    private OperationException(Kind kind, List<String> problems, int devices) {
        super(String.join("; ", problems));
        this.kind = kind;
        this.devices = devices;
        this.problems = List.copyOf(problems);
    }

    /** Why not. */
    public Kind kind() {
        return kind;
    }

    /** Every problem found, fit to be shown to the operator. */
    public List<String> problems() {
        return problems;
    }

    /** How many devices an {@link Kind#UNCONFIRMED} edit takes approval, or all approvers, away from; 0 otherwise. */
    public int devices() {
        return devices;
    }

    /** Whether who acted may act no longer. */
    public boolean endsAuthority() {
        return kind == Kind.UNAUTHENTICATED || kind == Kind.FORBIDDEN;
    }

    /**
     * Refuses an edit that harms devices.
     *
     * @param losing how many it takes approval away from
     * @param stuck how many nobody could approve any more
     */
    public static void refuseUnconfirmed(int losing, int stuck) {
        List<String> problems = new ArrayList<>();
        if (losing > 0) {
            problems.add("takes approval away from " + counted(losing) + ": confirm to do so");
        }
        if (stuck > 0) {
            problems.add("leaves nobody who can approve " + counted(stuck) + ", so that " + (stuck == 1 ? "it" : "they")
                    + " would no longer unlock: confirm to do so");
        }
        if (!problems.isEmpty()) {
            throw new OperationException(Kind.UNCONFIRMED, problems, losing + stuck);
        }
    }

    private static String counted(int devices) {
        return devices + (devices == 1 ? " device" : " devices");
    }

    public static OperationException notFound(String what) {
        return new OperationException(Kind.NOT_FOUND, "no such " + what);
    }
}
