package io.panocrypt.standalone;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.notify.LogNotifier;
import io.panocrypt.policy.notify.MailNotifier;
import io.panocrypt.policy.notify.MailServer;
import io.panocrypt.policy.notify.NtfyNotifier;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.TargetPolicy;
import io.panocrypt.policy.notify.WebPushNotifier;
import io.panocrypt.policy.notify.WebhookNotifier;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the notification channels. */
final class NoticeOptions {
    /** Top-level domains that nobody can own (RFC 6761, RFC 6762). */
    private static final Set<String> RESERVED = Set.of("localhost", "local", "invalid", "test", "example");

    private static final String ALLOW = "--notify-allow";
    /** What a header can carry. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    private static final int SMTP_PORT = 25;
    private static final int SUBMISSION_PORT = 587;
    private static final int SUBMISSIONS_PORT = 465;

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description =
                    "The base of links in notices, as people reach it, without a slash at its end (default: where operators work).")
    private @Nullable URI adminUrl;

    @Option(
            names = ALLOW,
            paramLabel = "CIDR",
            split = ",",
            description = "Where notices may go beside public addresses, over plain HTTP too; may be given again.")
    private List<String> allowed = new ArrayList<>();

    @Option(
            names = "--ntfy-token",
            paramLabel = "HOST=F",
            split = ",",
            description = "The file with the access token of an ntfy server; may be given again.")
    private List<String> ntfyTokens = new ArrayList<>();

    @Option(
            names = "--smtp",
            paramLabel = "URL",
            description =
                    "The mail server: smtps://[USER@]HOST[:PORT], or smtp:// with STARTTLS, or smtp+plain:// without.")
    private @Nullable URI smtp;

    @Option(names = "--smtp-password-file", paramLabel = "F", description = "The password of USER.")
    private @Nullable Path smtpPassword;

    @Option(names = "--mail-from", paramLabel = "ADDRESS", description = "The sender of mail; goes with --smtp.")
    private @Nullable String mailFrom;

    @Option(
            names = "--mail-hello",
            paramLabel = "NAME",
            description =
                    "The name that the mail server is greeted by: a domain, or an address in brackets (default: this"
                            + " machine's full name, else its address); goes with --smtp.")
    private @Nullable String mailHello;

    @Option(
            names = "--push-subject",
            paramLabel = "URI",
            description =
                    "Whom push services may ask, mailto: or https: (default: mailto: with --mail-from, else an https"
                            + " --admin-url; without any of them nothing is pushed).")
    private @Nullable URI pushSubject;

    @Option(names = "--notify-log", description = "Write notices to contacts log:NAME to the log.")
    private boolean log;

    /**
     * Sets up every configured channel. Reads all files, creates none.
     *
     * @throws StartupException naming every problem of the options
     */
    Consumer<Panocrypt.Builder> settings() {
        List<String> problems = new ArrayList<>();
        OutboundHttp http = new OutboundHttp(TargetPolicy.allowing(ServeCommand.cidrs(ALLOW, allowed, problems))
                .setBy(ALLOW));
        Map<String, String> tokens = tokens(problems);
        Optional<URI> sender = sender(problems);
        Optional<MailServer> mail = mailServer(sender, problems);
        Optional<URI> subject = pushSubject(sender, problems);
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
        return builder -> addTo(builder, http, tokens, mail, subject);
    }

    private void addTo(
            Panocrypt.Builder builder,
            OutboundHttp http,
            Map<String, String> tokens,
            Optional<MailServer> mail,
            Optional<URI> subject) {
        InstantSource clock = InstantSource.system();
        if (adminUrl != null) {
            builder.linkBase(adminUrl);
        }
        builder.webhookNotifier(secrets -> new WebhookNotifier(http, secrets, clock))
                .notifier(new NtfyNotifier(http, server -> Optional.ofNullable(tokens.get(server)), clock));
        mail.ifPresent(server -> builder.notifier(new MailNotifier(server)));
        if (log) {
            builder.notifier(new LogNotifier());
        }
        subject.ifPresent(named -> builder.pushNotifier(key -> new WebPushNotifier(http, key, named, clock)));
    }

    /** Some push services refuse a sender without a contact. */
    private Optional<URI> pushSubject(Optional<URI> sender, List<String> problems) {
        if (pushSubject != null
                && !"mailto".equalsIgnoreCase(pushSubject.getScheme())
                && !"https".equalsIgnoreCase(pushSubject.getScheme())) {
            problems.add("--push-subject must be a mailto: or https: URI");
        } else if (pushSubject != null && isReserved(pushSubject)) {
            problems.add("--push-subject must name a host that others can reach: Apple refuses one such as localhost or"
                    + " .local");
        }
        return Optional.ofNullable(pushSubject)
                .or(() -> sender)
                .or(() -> Optional.ofNullable(adminUrl).filter(url -> "https".equalsIgnoreCase(url.getScheme())));
    }

    private static boolean isReserved(URI subject) {
        String host = subject.getHost() == null
                ? subject.getSchemeSpecificPart().replaceFirst("\\?.*", "").replaceFirst(".*@", "")
                : subject.getHost();
        String domain = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return RESERVED.contains(domain.substring(domain.lastIndexOf('.') + 1));
    }

    private Map<String, String> tokens(List<String> problems) {
        Map<String, String> tokens = new HashMap<>();
        for (String pair : ntfyTokens) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                problems.add("--ntfy-token: " + pair + ": must be HOST=FILE");
                continue;
            }
            String file = pair.substring(equals + 1);
            try {
                String token = Files.readString(Path.of(file), StandardCharsets.US_ASCII)
                        .strip();
                if (!TOKEN.matcher(token).matches()) {
                    problems.add("--ntfy-token: " + file + " does not hold one token");
                }
                tokens.put(pair.substring(0, equals).toLowerCase(Locale.ROOT), token);
            } catch (IOException | InvalidPathException e) {
                problems.add("--ntfy-token: cannot read " + file);
            }
        }
        return tokens;
    }

    /** The sender's address as a URI. It is checked apart from the mail server, so that no other option is blamed. */
    private Optional<URI> sender(List<String> problems) {
        if (mailFrom == null) {
            return Optional.empty();
        }
        try {
            MailServer unused = MailServer.of("localhost", SMTP_PORT, MailServer.Security.UNENCRYPTED, mailFrom);
            return Optional.of(new URI("mailto", mailFrom, null));
        } catch (IllegalArgumentException | URISyntaxException e) {
            problems.add("--mail-from must be one address, LOCAL@DOMAIN in ASCII, without a name before it");
            return Optional.empty();
        }
    }

    private Optional<MailServer> mailServer(Optional<URI> sender, List<String> problems) {
        if (smtpPassword != null && (smtp == null || smtp.getUserInfo() == null)) {
            problems.add("--smtp-password-file needs --smtp with a USER");
        }
        if (mailHello != null && smtp == null) {
            problems.add("--mail-hello needs --smtp");
        }
        if (smtp == null || mailFrom == null || sender.isEmpty()) {
            if (smtp != null && mailFrom == null) {
                problems.add("--smtp needs --mail-from");
            }
            return Optional.empty();
        }
        if (smtp.getHost() == null) {
            problems.add("--smtp names no host");
            return Optional.empty();
        }
        String scheme = String.valueOf(smtp.getScheme());
        int port;
        MailServer.Security security;
        switch (scheme) {
            case "smtps" -> {
                security = MailServer.Security.TLS;
                port = SUBMISSIONS_PORT;
            }
            case "smtp" -> {
                security = MailServer.Security.STARTTLS;
                port = SUBMISSION_PORT;
            }
            case "smtp+plain" -> {
                security = MailServer.Security.UNENCRYPTED;
                port = SMTP_PORT;
            }
            default -> {
                problems.add("--smtp must be smtps://, smtp:// or smtp+plain://");
                return Optional.empty();
            }
        }
        try {
            MailServer server =
                    MailServer.of(smtp.getHost(), smtp.getPort() < 0 ? port : smtp.getPort(), security, mailFrom);
            MailServer greeted = greeted(server, problems);
            return Optional.of(smtp.getUserInfo() == null ? greeted : withLogin(greeted, security, smtp.getUserInfo()));
        } catch (IllegalArgumentException e) {
            problems.add("--smtp: " + e.getMessage());
        } catch (IOException e) {
            problems.add("--smtp-password-file: cannot be read");
        }
        return Optional.empty();
    }

    private MailServer greeted(MailServer server, List<String> problems) {
        try {
            return mailHello == null ? server : server.withHello(mailHello);
        } catch (IllegalArgumentException e) {
            problems.add("--mail-hello " + mailHello + ": " + e.getMessage());
            return server;
        }
    }

    private MailServer withLogin(MailServer server, MailServer.Security security, String user) throws IOException {
        if (security == MailServer.Security.UNENCRYPTED) {
            throw new IllegalArgumentException("no login is sent over smtp+plain://; leave USER out");
        }
        if (user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("the password goes into --smtp-password-file, not into the URL");
        }
        if (smtpPassword == null) {
            throw new IllegalArgumentException("USER needs --smtp-password-file");
        }
        byte[] bytes = Files.readAllBytes(smtpPassword);
        CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
        char[] password = new char[decoded.remaining()];
        decoded.get(password);
        int length = password.length;
        while (length > 0 && (password[length - 1] == '\n' || password[length - 1] == '\r')) {
            length--;
        }
        char[] line = Arrays.copyOf(password, length);
        try {
            return server.withLogin(user, line);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(decoded.array(), '\0');
            Arrays.fill(password, '\0');
            Arrays.fill(line, '\0');
        }
    }
}
