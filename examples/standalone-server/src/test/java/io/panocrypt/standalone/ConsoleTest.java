package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.web.ConnectionLimits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in the server, whose handlers read no body of a stranger. */
class ConsoleTest {
    private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory = Path.of("");

    private RunningService serve(Optional<HostAndPort> admin) {
        return new RunningService(
                directory,
                SourceAddress.ofPeer(),
                DeviceChange.none().withSources("127.0.0.1"),
                ConnectionLimits.ofProcess(),
                admin);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(
                request.header("Sec-Fetch-Site", "same-origin").build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String cookie(HttpResponse<String> response, String name) {
        String line = response.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .findFirst()
                .orElseThrow();
        return line.substring(0, line.indexOf(';'));
    }

    private void signIn(RunningService service, String console) throws Exception {
        String token = service.panocrypt()
                .members()
                .create(Actor.HOST, new MemberChange("ann", Role.APPROVER, null), null)
                .token();
        HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(console + "sign-in")));
        assertEquals(200, page.statusCode());
        Matcher form = FORM.matcher(page.body());
        assertTrue(form.find());
        HttpResponse<String> signedIn = send(HttpRequest.newBuilder(URI.create(console + "sign-in"))
                .header("Cookie", cookie(page, "panocrypt-form"))
                .POST(HttpRequest.BodyPublishers.ofString("form=" + form.group(1) + "&to=me&token=" + token)));
        assertEquals(303, signedIn.statusCode(), signedIn.body());
        assertEquals("me", signedIn.headers().firstValue("Location").orElse(""));
        HttpResponse<String> me = send(
                HttpRequest.newBuilder(URI.create(console + "me")).header("Cookie", cookie(signedIn, "panocrypt")));
        assertEquals(200, me.statusCode());
        assertTrue(me.body().contains("ann"));
    }

    @Test
    void isOnTheOnlyAddress() throws Exception {
        try (RunningService service = serve(Optional.empty())) {
            signIn(service, service.url() + "/console/");
        }
    }

    @Test
    void isOnTheOperatorsAddressAndNotOnThatOfDevices() throws Exception {
        try (RunningService service = serve(Optional.of(new HostAndPort("127.0.0.1", 0)))) {
            signIn(service, service.adminUrl() + "/console/");
            for (String path : new String[] {"/console", "/console/", "/console/sign-in"}) {
                assertEquals(
                        404,
                        send(HttpRequest.newBuilder(URI.create(service.url() + path)))
                                .statusCode(),
                        path);
            }
        }
    }
}
