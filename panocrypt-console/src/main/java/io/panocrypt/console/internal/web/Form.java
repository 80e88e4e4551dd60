package io.panocrypt.console.internal.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a form, {@code application/x-www-form-urlencoded} in UTF-8. */
public final class Form {
    /** The longest body: a comment of 1,024 characters takes 12 bytes for each at most. */
    public static final int MAX_BYTES = 16 * 1024;

    private final Map<String, List<String>> fields;

    private Form(Map<String, List<String>> fields) {
        this.fields = fields;
    }

    /**
     * Reads the fields.
     *
     * @param body empty if a filter of the host has read the parameters already
     * @throws ConsoleException 400 if it is malformed
     */
    public static Form of(byte[] body, HttpServletRequest request) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        if (body.length == 0) {
            request.getParameterMap().forEach((name, values) -> fields.put(name, List.of(values)));
            return new Form(fields);
        }
        for (String pair : new String(body, StandardCharsets.ISO_8859_1).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decode(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decode(pair.substring(equals + 1)));
            }
        }
        return new Form(fields);
    }

    private static String decode(String text) {
        try {
            return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConsoleException(400, "form");
        }
    }

    /** The field's first value; null if there is none. */
    public @Nullable String get(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** The field's first value; empty text if there is none. */
    public String text(String name) {
        String value = get(name);
        return value == null ? "" : value;
    }

    public List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /**
     * The field as a number that is not negative.
     *
     * @throws ConsoleException 400 if it is none
     */
    public long number(String name) {
        String value = text(name);
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ConsoleException(400, "form");
        }
        return Long.parseLong(value);
    }
}
