package io.panocrypt.testkit.internal.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request of the JDK's HTTP server as a servlet sees it. Its body is read first, so that servlets never wait for it. */
final class ServletRequestView {
    /** More than any servlet takes: a longer body is cut, and then refused for its length. */
    private static final int MAX_BODY = 1 << 20;

    private final HttpExchange exchange;
    private final HttpServletMapping mapping;
    private final byte[] body;
    private final Map<String, Object> attributes = new HashMap<>();

    private ServletRequestView(HttpExchange exchange, String pattern, byte[] body) {
        this.exchange = exchange;
        this.mapping = Partial.of(HttpServletMapping.class, (method, arguments) -> {
            if (method.equals("getPattern")) {
                return pattern;
            }
            throw Partial.missing(method);
        });
        this.body = body;
    }

    static HttpServletRequest of(HttpExchange exchange, String pattern) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
        return Partial.of(HttpServletRequest.class, new ServletRequestView(exchange, pattern, body)::call);
    }

    private @Nullable Object call(String method, Object[] arguments) {
        return switch (method) {
            case "getMethod" -> exchange.getRequestMethod();
            case "getProtocol" -> exchange.getProtocol();
            case "getRequestURI" -> exchange.getRequestURI().getRawPath();
            case "getQueryString" -> exchange.getRequestURI().getRawQuery();
            case "getContextPath" -> "";
            case "getHttpServletMapping" -> mapping;
            case "getRemoteAddr" -> exchange.getRemoteAddress().getAddress().getHostAddress();
            case "getHeader" -> headers().getFirst((String) arguments[0]);
            case "getHeaders" -> Collections.enumeration(headers((String) arguments[0]));
            case "getContentLengthLong" -> (long) body.length;
            case "getInputStream" -> new Body(body);
            case "getAttribute" -> attributes.get((String) arguments[0]);
            case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
            case "isAsyncSupported", "isUserInRole" -> false;
            case "getUserPrincipal", "getRemoteUser" -> null;
            default -> throw Partial.missing(method);
        };
    }

    private Headers headers() {
        return exchange.getRequestHeaders();
    }

    private List<String> headers(String name) {
        return Objects.requireNonNullElse(headers().get(name), List.of());
    }

    /** All of it is there. */
    private static final class Body extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        Body(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, length);
        }

        @Override
        public int available() {
            return bytes.available();
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw Partial.missing("setReadListener");
        }
    }
}
