package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers.
 *
 * @param status 200, 201 or 204
 * @param body null with 204
 * @param version of the object in the body, for the ETag; null for none
 */
record ApiReply(
        int status, @Nullable ObjectNode body, @Nullable Long version) {
    static ApiReply ok(ObjectNode body) {
        return new ApiReply(200, body, null);
    }

    static ApiReply ok(ObjectNode body, long version) {
        return new ApiReply(200, body, version);
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
