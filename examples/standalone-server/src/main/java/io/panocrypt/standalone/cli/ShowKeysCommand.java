package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.InvalidAdvertisementException;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.HttpCalls;
import io.panocrypt.standalone.cli.base.PrintingCommand;
import io.panocrypt.standalone.cli.base.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code show-keys}: prints which signing keys a Tang server advertises, without a token. */
@Command(
        name = "show-keys",
        description = {
            "Print the SHA-256 thumbprints of the signing keys that a device's unlock URL, or a Tang server, advertises.",
            "Compare them with the thumbprint that device show prints: if they differ, do not bind."
        },
        footer = {
            "",
            "Exit codes: 0 printed, 1 the server refused, or not all of its keys have signed, 2 wrong usage, 3 no server"
                    + " within reach."
        })
public final class ShowKeysCommand extends PrintingCommand {
    private static final String URL = "URL";
    /** In bytes: far more than Clevis can bind to, which is some 40 keys. */
    private static final int MAX_ANSWER = 1 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Parameters(paramLabel = URL, description = "The unlock URL, or that of a Tang server: what stands before /adv.")
    private String url = "";

    @Option(names = ServerOptions.CA, paramLabel = "FILE", description = ServerOptions.CA_DESCRIPTION)
    private @Nullable Path ca;

    @Option(names = "--json", description = "Print one JSON value; where it fails, what was wrong.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public boolean printsJson() {
        return json;
    }

    @Override
    protected void act() throws CommandFailure {
        String address = ServerOptions.address(URL, url);
        HttpCalls http = new HttpCalls(URL, address, ServerOptions.tls(URL, address, ca, parsed()), TIMEOUT);
        List<String> thumbprints = verified(address, advertisement(http, address)).signingKeys().stream()
                .map(PublicJwk::kid)
                .toList();
        ObjectNode answer = ApiClient.object().put("url", address);
        answer.set("thumbprints", ApiClient.array(thumbprints));
        print(new ApiAnswer(answer.toString(), answer), printed -> thumbprints.forEach(out()::println));
    }

    private static byte[] advertisement(HttpCalls http, String address) throws CommandFailure {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + "/adv")).build();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw CommandFailure.refused(address + "/adv answered HTTP " + answer.statusCode()
                        + (answer.statusCode() == 404
                                ? ": there is no such device, it is revoked, or the URL does not end with /u/TOKEN"
                                : ""));
            }
            byte[] jws = http.read(() -> body.readNBytes(MAX_ANSWER + 1));
            if (jws.length > MAX_ANSWER) {
                throw CommandFailure.refused(address + "/adv is no advertisement: it is too long");
            }
            return jws;
        } catch (IOException e) {
            throw CommandFailure.unreachable(address + " broke off");
        }
    }

    /** An advertisement that lacks one signature may be made by somebody who does not have that key. */
    private static Advertisement verified(String address, byte[] jws) throws CommandFailure {
        try {
            return Advertisement.parse(jws);
        } catch (InvalidAdvertisementException e) {
            throw CommandFailure.refused("what " + address + "/adv answered cannot be trusted: " + e.getMessage());
        }
    }
}
