package io.panocrypt.console;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser without scripts: keeps cookies, fills in forms, follows nothing by itself. */
final class TestBrowser {
    private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");

    final Map<String, String> cookies = new LinkedHashMap<>();
    /** What a browser adds to each request. */
    final Map<String, String> headers = new LinkedHashMap<>(Map.of("Sec-Fetch-Site", "same-origin"));

    private final TestConsole console;
    private final HttpClient client = HttpClient.newHttpClient();

    TestBrowser(TestConsole console) {
        this.console = console;
    }

    /** An answer, and the address that it came from. */
    record Answer(URI address, HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** Where it sends the browser, below the console. */
        String location() {
            String path = address.resolve(header("Location")).toString();
            return path.substring(path.indexOf("/app/console") + "/app/console".length());
        }
    }

    Answer get(String path) {
        return send(path, HttpRequest.newBuilder(console.uri(path)).GET());
    }

    Answer post(String path, Map<String, String> fields) {
        String body = fields.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(
                path,
                HttpRequest.newBuilder(console.uri(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Answer send(String path, HttpRequest.Builder request) {
        headers.forEach(request::header);
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            response.headers().allValues("Set-Cookie").forEach(this::keep);
            return new Answer(console.uri(path), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keep(String line) {
        String pair = line.substring(0, line.indexOf(';'));
        String name = pair.substring(0, pair.indexOf('='));
        if (line.contains("Max-Age=0")) {
            cookies.remove(name);
        } else {
            cookies.put(name, pair.substring(pair.indexOf('=') + 1));
        }
    }

    /** The token of the forms on the page. */
    String formToken(String path) {
        return formToken(get(path));
    }

    static String formToken(Answer page) {
        Matcher form = FORM.matcher(page.body());
        if (!form.find()) {
            throw new AssertionError("no form on " + page.address() + ": " + page.body());
        }
        return form.group(1);
    }

    /** Signs in; the answer sends the browser on. */
    Answer signIn(String token, String to) {
        return post("/sign-in", Map.of("form", formToken("/sign-in"), "token", token, "to", to));
    }

    TestBrowser signedIn(String token) {
        Answer answer = signIn(token, "");
        if (answer.status() != 303) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return this;
    }

    /** Presses a button on the request's page as it is now. */
    Answer press(String id, String act, Map<String, String> more) {
        return press(get("/requests/" + id), id, act, more);
    }

    /** Presses a button on a page that was opened before. */
    Answer press(Answer page, String id, String act, Map<String, String> more) {
        Map<String, String> fields = new LinkedHashMap<>(more);
        fields.put("form", formToken(page));
        fields.putIfAbsent("version", value(page, "version"));
        fields.putIfAbsent("seen", value(page, "seen"));
        return post("/requests/" + id + "/" + act, fields);
    }

    private static String value(Answer page, String name) {
        Matcher input =
                Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(page.body());
        return input.find() ? input.group(1) : "";
    }
}
