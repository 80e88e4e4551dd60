package io.panocrypt.standalone.cli.base;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options of a server command: the server, the token and the output format. */
public final class ServerOptions {
    private static final int MAX_PORT = 65535;

    /** RFC 6750 section 2.1, {@code b64token}. */
    private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    /** In a URL; a name other than localhost may change where it leads. */
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

    static final String URL = "--url";
    private static final String TOKEN_FILE = "--token-file";
    public static final String CA = "--ca";
    public static final String CA_DESCRIPTION =
            "Certificates (PEM) that an https server is believed by, instead of the well-known authorities; also from"
                    + " PANOCRYPT_CA.";

    @Option(
            names = URL,
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = {"The server; also from PANOCRYPT_URL.", "Default: ${DEFAULT-VALUE}"})
    private String url = "";

    @Option(
            names = TOKEN_FILE,
            paramLabel = "FILE",
            defaultValue = "./panocrypt-data/admin-token",
            description = {"The file with your token; also from PANOCRYPT_TOKEN_FILE.", "Default: ${DEFAULT-VALUE}"})
    private Path tokenFile = Path.of("");

    @Option(names = CA, paramLabel = "FILE", description = CA_DESCRIPTION)
    private @Nullable Path ca;

    @Option(names = "--json", description = "Print the server's JSON, one value; where it fails, what was wrong.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    public boolean json() {
        return json;
    }

    /** The server's address without a trailing slash. */
    public String address() throws CommandFailure {
        return address(URL, url);
    }

    /** Whether nobody on the network can read what is sent: it is encrypted, or does not leave this host. */
    boolean isConfidential() throws CommandFailure {
        URI uri = URI.create(address());
        return "https".equalsIgnoreCase(uri.getScheme())
                || LOOPBACK.matcher(uri.getHost()).matches();
    }

    /**
     * A URL without slashes at its end.
     *
     * @param option what it was typed for
     */
    public static String address(String option, String typed) throws CommandFailure {
        String trimmed = typed.strip().replaceAll("/+$", "");
        try {
            URI uri = new URI(trimmed);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getPort() <= MAX_PORT
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return trimmed;
            }
        } catch (URISyntaxException e) {
            // Its reason does not help: in 127.0.0.1:8080 it names the characters of a scheme.
        }
        throw CommandFailure.usage(option + " must be http://HOST[:PORT] or https://HOST[:PORT], with a path at most");
    }

    /** The trusted certificates for an https server; empty without {@code --ca}. From the environment it may be for others. */
    Optional<SSLContext> tls(ParseResult typed) throws CommandFailure {
        return tls(URL, address(), ca, typed);
    }

    /** The same for a server that another option, or a parameter, names. */
    public static Optional<SSLContext> tls(String option, String address, @Nullable Path ca, ParseResult typed)
            throws CommandFailure {
        if (typed.hasMatchedOption(CA) && !address.regionMatches(true, 0, "https:", 0, "https:".length())) {
            throw CommandFailure.usage(CA + " does nothing without https:// in " + option);
        }
        return ca == null ? Optional.empty() : Optional.of(CaFile.trusted(ca));
    }

    /** Where the token came from, and how to get another one, if the server refuses it. */
    List<String> tokenRemedies(ParseResult typed) {
        String source = typed.hasMatchedOption(TOKEN_FILE)
                ? "named by " + TOKEN_FILE
                : ServerEnvironment.value(TOKEN_FILE).isPresent()
                        ? "named by " + ServerEnvironment.VARIABLES.get(TOKEN_FILE)
                        : "the default";
        return List.of(
                "the token is from the file " + tokenFile + ", " + source,
                "'./panocrypt admin-token' on the server's host replaces an administrator's token");
    }

    /** The content of the token file. No error message contains any part of it. */
    public String token() throws CommandFailure {
        String token;
        try {
            token = Files.readString(tokenFile).strip();
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(
                    "there is no token file " + tokenFile + "; name yours with --token-file or PANOCRYPT_TOKEN_FILE");
        } catch (AccessDeniedException e) {
            throw CommandFailure.usage("you may not read the token file " + tokenFile);
        } catch (IOException e) {
            throw CommandFailure.usage("the token file " + tokenFile + " cannot be read: " + e.getMessage());
        }
        // Checked here, because the HTTP client quotes a refused value in its exception, which would reveal the token.
        if (!BEARER_TOKEN.matcher(token).matches()) {
            throw CommandFailure.usage("the token file " + tokenFile + " does not hold one token");
        }
        return token;
    }
}
