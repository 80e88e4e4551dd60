package io.panocrypt.console.internal.web;

import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of the pages, under names with a hash of their content, so that browsers keep them for ever. Immutable. */
public final class Assets {
    private static final String FOLDER = "/assets/";
    private static final Map<String, String> TYPES =
            Map.of("css", "text/css; charset=utf-8", "svg", "image/svg+xml", "js", "text/javascript; charset=utf-8");

    private record Asset(String type, byte[] content) {}

    private final Map<String, Asset> byPath = new HashMap<>();
    private final Map<String, String> paths = new LinkedHashMap<>();

    public Assets() {
        add("console.css");
        add("icon.svg");
    }

    private void add(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + name);
            }
            byte[] content = in.readAllBytes();
            int dot = name.lastIndexOf('.');
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
            String path = FOLDER + name.substring(0, dot) + "." + hash + name.substring(dot);
            paths.put(name, path.substring(1));
            byPath.put(path, new Asset(TYPES.getOrDefault(name.substring(dot + 1), ""), content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The path of a file, relative to the console. */
    public String path(String name) {
        return paths.getOrDefault(name, name);
    }

    /** Answers the request if the path is a file's. */
    public boolean serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Asset asset = byPath.get(path);
        if (asset == null) {
            return false;
        }
        SecurityHeaders.set(request, response);
        response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
        if (Responses.isRead(request, response)) {
            response.setStatus(200);
            response.setContentType(asset.type());
            response.setContentLength(asset.content().length);
            response.getOutputStream().write(asset.content());
        }
        return true;
    }
}
