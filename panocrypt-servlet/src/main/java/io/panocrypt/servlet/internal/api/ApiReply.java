package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a route.
 *
 * @param status 200, 201 or 204
 * @param body null with 204, and with a stream
 * @param version of the object in the body, for the ETag; null for none
 * @param stream in place of a body; null for none
 * @param streamType the media type of the stream; null without one
 */
public record ApiReply(
        int status,
        @Nullable ObjectNode body,
        @Nullable Long version,
        @Nullable Stream stream,
        @Nullable String streamType) {

    /** A body that is too long to be held in memory at once. */
    @FunctionalInterface
    public interface Stream {
        /** Writes all of it; after a runtime exception, what was written is incomplete and useless. */
        void writeTo(OutputStream out) throws IOException;
    }

    private ApiReply(int status, @Nullable ObjectNode body, @Nullable Long version) {
        this(status, body, version, null, null);
    }

    static ApiReply ok(ObjectNode body) {
        return new ApiReply(200, body, null);
    }

    static ApiReply ok(ObjectNode body, long version) {
        return new ApiReply(200, body, version);
    }

    static ApiReply lines(Stream stream) {
        return new ApiReply(200, null, null, stream, "application/x-ndjson");
    }

    static ApiReply file(Stream stream) {
        return new ApiReply(200, null, null, stream, "application/octet-stream");
    }

    static ApiReply created(ObjectNode body) {
        return new ApiReply(201, body, null);
    }

    static ApiReply created(ObjectNode body, long version) {
        return new ApiReply(201, body, version);
    }

    static ApiReply done() {
        return new ApiReply(204, null, null);
    }
}
