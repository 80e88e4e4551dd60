package io.panocrypt.console.internal.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;

/** All texts of the pages, from one properties file. Immutable. */
public final class Texts {
    private final Properties texts = new Properties();

    public Texts() {
        try (InputStream in = Texts.class.getResourceAsStream("texts.properties")) {
            if (in == null) {
                throw new IllegalStateException("the jar has no texts.properties");
            }
            texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The text with that key, with {@code {0}} and so on replaced.
     *
     * @throws IllegalArgumentException if there is none
     */
    public String get(String key, Object... arguments) {
        String text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalArgumentException("no text " + key);
        }
        StringBuilder filled = new StringBuilder();
        int at = 0;
        // In one pass, so that braces in an argument stay what they are.
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
            int close = text.indexOf('}', open);
            filled.append(text, at, open).append(arguments[Integer.parseInt(text, open + 1, close, 10)]);
            at = close + 1;
        }
        return filled.append(text, at, text.length()).toString();
    }

    public Set<String> keys() {
        return texts.stringPropertyNames();
    }
}
