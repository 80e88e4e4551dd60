package io.panocrypt.standalone.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.custody.MasterKeyShare;
import io.panocrypt.standalone.masterkey.Unsealer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Takes shares of a sealed server's master key: {@code POST /unseal} with one share as the body. Thread-safe. */
final class UnsealEndpoint {
    static final String PATH = "/unseal";

    private final Unsealer unsealer;
    private final String listener;

    /** @param listener the name of the operators' address */
    UnsealEndpoint(Unsealer unsealer, String listener) {
        this.unsealer = unsealer;
        this.listener = listener;
    }

    /** Answers a share; returns false, and does nothing, for any other request. */
    boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!PATH.equals(request.getHttpURI().getPath())
                || !request.getMethod().equals("POST")
                || !listener.equals(
                        request.getConnectionMetaData().getConnector().getName())) {
            return false;
        }
        if (request.getLength() < 0 || request.getLength() > MasterKeyShare.MAX_TEXT) {
            write(response, 413, problem("Content Too Large", 413, "a share is one line of text"), callback);
            return true;
        }
        byte[] share = Content.Source.asInputStream(request).readNBytes(MasterKeyShare.MAX_TEXT);
        try {
            write(response, callback, unsealer.offer(share));
        } finally {
            Arrays.fill(share, (byte) 0);
        }
        return true;
    }

    private static void write(Response response, Callback callback, Unsealer.Answer answer) {
        switch (answer.outcome()) {
            case REFUSED -> write(response, 409, problem("Conflict", 409, answer.text()), callback);
            case LIMITED -> write(response, 429, problem("Too Many Requests", 429, answer.text()), callback);
            case KEPT, OPENED ->
                write(
                        response,
                        200,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("sealed", answer.outcome() == Unsealer.Outcome.KEPT)
                                .put("text", answer.text())
                                .put("have", answer.have())
                                .put("need", answer.need()),
                        callback);
        }
    }

    private static ObjectNode problem(String title, int status, String problem) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status);
        body.putArray("problems").add(problem);
        return body;
    }

    private static void write(Response response, int status, ObjectNode body, Callback callback) {
        response.setStatus(status);
        response.getHeaders()
                .put(HttpHeader.CONTENT_TYPE, status < 400 ? "application/json" : "application/problem+json");
        Content.Sink.write(response, true, body.toString(), callback);
    }
}
