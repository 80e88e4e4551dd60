package io.panocrypt.testkit.internal.web;

import com.sun.net.httpserver.HttpExchange;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer that is sent when the servlet has returned, so that it is never committed before. */
final class ServletResponseBuffer {
    private static final String TYPE = "Content-Type";

    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final HttpServletResponse view = Partial.of(HttpServletResponse.class, this::call);
    private int status = 200;

    HttpServletResponse view() {
        return view;
    }

    ServletResponseBuffer withStatus(int code) {
        status = code;
        return this;
    }

    private @Nullable Object call(String method, Object[] arguments) {
        return switch (method) {
            case "setStatus" -> withStatus((int) arguments[0]);
            case "getStatus" -> status;
            case "setHeader" -> headers.put((String) arguments[0], (String) arguments[1]);
            case "setContentType" -> headers.put(TYPE, (String) arguments[0]);
            case "setContentLength" -> null; // that of the body counts
            case "getOutputStream" -> new Output();
            case "isCommitted" -> false;
            case "reset" -> {
                headers.clear();
                body.reset();
                yield withStatus(200);
            }
            default -> throw Partial.missing(method);
        };
    }

    void send(HttpExchange exchange) throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        boolean hasNoBody = body.size() == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, hasNoBody ? -1 : body.size());
        if (!hasNoBody) {
            body.writeTo(exchange.getResponseBody());
        }
    }

    private final class Output extends ServletOutputStream {
        @Override
        public void write(int value) {
            body.write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            body.write(source, offset, length);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw Partial.missing("setWriteListener");
        }
    }
}
