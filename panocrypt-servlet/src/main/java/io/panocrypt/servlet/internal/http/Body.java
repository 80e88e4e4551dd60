package io.panocrypt.servlet.internal.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a request's body, or why there are none. */
public final class Body {
    /** The body of a request that has none. */
    public static final Body NONE = new Body(new byte[0], null);

    private final byte[] bytes;
    private final @Nullable ApiException fault;

    private Body(byte[] bytes, @Nullable ApiException fault) {
        this.bytes = bytes;
        this.fault = fault;
    }

    static Body of(byte[] bytes) {
        return new Body(bytes, null);
    }

    static Body fault(int status, String problem) {
        return new Body(new byte[0], new ApiException(status, problem));
    }

    /** Overwrites the bytes of a body that holds a secret, after the last use. */
    public void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    /**
     * All bytes; callers must not change them.
     *
     * @throws ApiException if the body is incomplete, too long or too late
     */
    public byte[] bytes() {
        if (fault != null) {
            throw fault;
        }
        return bytes;
    }
}
