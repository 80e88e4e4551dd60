package io.panocrypt.crypto.tang;

/** Says that a recovery request's body is refused before any key is looked up. */
public final class RecoveryRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why the body is refused, in the order of the checks; the first that fails counts. */
    public enum Kind {
        /** Not exactly one JSON value in UTF-8. Tang answers HTTP status 400. */
        NOT_JSON,
        /** An object whose use or key_ops does not allow deriving a key. Tang answers 403. */
        NOT_FOR_DERIVATION,
        /** Not an object, kty not EC, or alg present and not ECMR. Tang answers 400. */
        NOT_ECMR
    }

    private final Kind kind;

    RecoveryRequestException(Kind kind) {
        super("recovery request refused: " + kind);
        this.kind = kind;
    }

    /** Why the body is refused. */
    public Kind kind() {
        return kind;
    }
}
