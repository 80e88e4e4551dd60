package io.panocrypt.policy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An operator's request that cannot be carried out; nothing was changed. */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_QUOTED = 24;
    private static final int BEGINNING = 8;
    /** More than a block of IPv6 and its quotation marks have. */
    private static final int MAX_ADDRESS = 64;

    private static final Pattern ADDRESS = Pattern.compile("\"?(?=[^:.]*[:.])[0-9A-Fa-f:./]+\"?");

    /** The kinds of refusal. */
    public enum Kind {
        /** The request itself is invalid; the messages list every problem. */
        INVALID,
        /** There is no such object. */
        NOT_FOUND,
        /** Another object has that name. */
        TAKEN,
        /** The object has changed since the version that the request names. */
        STALE,
        /** The object's current state does not allow it. */
        CONFLICT,
        /**
         * It removes approval or all approvers from devices, or destroys something that it does not name: confirm
         * explicitly.
         */
        UNCONFIRMED,
        /** The member's role does not allow it. */
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

    /** The kind of the refusal. */
    public Kind kind() {
        return kind;
    }

    /** Every problem found, fit to be shown to the operator. */
    public List<String> problems() {
        return problems;
    }

    /** How many devices an {@link Kind#UNCONFIRMED} edit removes approval or all approvers from; 0 for other kinds. */
    public int devices() {
        return devices;
    }

    /** Whether the actor's authority has ended: the role does not suffice or the token is no longer valid. */
    public boolean endsAuthority() {
        return kind == Kind.UNAUTHENTICATED || kind == Kind.FORBIDDEN;
    }

    /**
     * Throws for an edit that harms devices; does nothing if both numbers are 0.
     *
     * @param losing the number of devices that lose approval
     * @param stuck the number of devices that nobody could approve any more
     */
    public static void refuseUnconfirmed(int losing, int stuck) {
        List<String> problems = new ArrayList<>();
        if (losing > 0) {
            problems.add("takes approval away from " + counted(losing) + ": confirm to do so");
        }
        if (stuck > 0) {
            problems.add("leaves nobody who can approve " + counted(stuck)
                    + ", which would no longer unlock: confirm to do so");
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

    /**
     * An input as a problem quotes it. What is longer than 24 characters and is no address is cut after 8, because a
     * secret may have been typed in the wrong place, and problems end up in logs.
     */
    public static String quoted(String typed) {
        int length = typed.codePointCount(0, typed.length());
        if (length <= MAX_QUOTED
                || length <= MAX_ADDRESS && ADDRESS.matcher(typed).matches()) {
            return typed;
        }
        // Never within a surrogate pair, half of which could not be written.
        return typed.substring(0, typed.offsetByCodePoints(0, BEGINNING)) + "... (" + length + " characters)";
    }
}
