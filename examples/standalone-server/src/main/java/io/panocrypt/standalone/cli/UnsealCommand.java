package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.custody.MasterKeyShare;
import io.panocrypt.crypto.custody.SecretFile;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.HttpCalls;
import io.panocrypt.standalone.cli.base.PrintingCommand;
import io.panocrypt.standalone.cli.base.ServerOptions;
import io.panocrypt.standalone.common.StartupException;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code unseal}: gives a sealed server one share of its master key. */
@Command(
        name = "unseal",
        description = {
            "Give a sealed server one share of its master key; it opens when it has enough.",
            "The share is asked for on the terminal, or read from standard input or a file; it is never an argument."
        },
        footer = {
            "",
            "Exit codes: 0 taken, 1 the server refused, 2 wrong usage, 3 no server within reach, or one that is not sealed."
        })
public final class UnsealCommand extends PrintingCommand {
    private static final String URL = "--url";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Option(
            names = URL,
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = {
                "The server, where operators reach it: https, or on this host; also from PANOCRYPT_URL.",
                "Default: ${DEFAULT-VALUE}"
            })
    private String url = "";

    @Option(names = ServerOptions.CA, paramLabel = "FILE", description = ServerOptions.CA_DESCRIPTION)
    private @Nullable Path ca;

    @Option(names = "--share-file", paramLabel = "FILE", description = "The file of the share.")
    private @Nullable Path shareFile;

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
        refuseOpenNetwork(URI.create(address));
        HttpCalls http = new HttpCalls(URL, address, ServerOptions.tls(URL, address, ca, parsed()), TIMEOUT);
        byte[] share = share();
        try {
            // Checked here too, so that a typing error is not sent.
            MasterKeyShare.parse(share).close();
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/unseal"))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(share))
                    .build();
            show(address, http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.refused(String.valueOf(e.getMessage()));
        } finally {
            Arrays.fill(share, (byte) 0);
        }
    }

    private static void refuseOpenNetwork(URI address) throws CommandFailure {
        String host = address.getHost();
        boolean isHere = host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
        if ("http".equalsIgnoreCase(address.getScheme()) && !isHere) {
            throw CommandFailure.usage(URL + " must be https://, or on this host: others could read the share");
        }
    }

    private byte[] share() throws CommandFailure {
        try {
            if (shareFile != null) {
                return SecretFile.read(shareFile, MasterKeyShare.MAX_TEXT, "share");
            }
            Console console = System.console();
            if (console == null) {
                return System.in.readNBytes(MasterKeyShare.MAX_TEXT);
            }
            char[] typed = console.readPassword("Share: ");
            byte[] share = new byte[typed == null ? 0 : typed.length];
            for (int i = 0; i < share.length; i++) {
                share[i] = (byte) (typed[i] < 128 ? typed[i] : '?');
                typed[i] = '\0';
            }
            return share;
        } catch (IOException e) {
            throw CommandFailure.usage("the share cannot be read: " + StartupException.words(e));
        }
    }

    private void show(String address, HttpResponse<String> answer) throws CommandFailure {
        JsonNode body = read(answer.body());
        if (answer.statusCode() >= 400 && body.path("problems").isArray()) {
            throw CommandFailure.refused(answer.statusCode(), body);
        }
        if (answer.statusCode() != 200 || !body.path("sealed").isBoolean()) {
            throw CommandFailure.unreachable(
                    address + " is not sealed, is no Panocrypt server, or is not where operators reach it");
        }
        print(new ApiAnswer(answer.body(), body), printed -> out().println(text(printed)));
    }

    private static String text(JsonNode answer) {
        String text = answer.path("text").asText();
        return answer.path("sealed").asBoolean()
                ? text + "; " + answer.path("have").asInt() + " of "
                        + answer.path("need").asInt() + " are there"
                : text;
    }

    private static JsonNode read(String body) {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return MAPPER.createObjectNode();
        }
    }
}
