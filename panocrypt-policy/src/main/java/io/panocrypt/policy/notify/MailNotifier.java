package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Mails notices as plain text, for contacts such as {@code mailto:ada@example.org}.
 *
 * <p>The Message-ID is made from the notice's id, so a mailbox can detect a repeated notice. Mails say {@code
 * Auto-Submitted: auto-generated} (RFC 3834), which stops absence notes in reply. A mailbox that does not exist is
 * gone; a permanent refusal of the recipient or the message refuses. A full mailbox, a temporary refusal, silence, and
 * any refusal before the recipient (greeting, TLS, login, sender) mean later. Causes quote the server, on one line,
 * except its answers to the login and to the message. Needs Angus Mail at run time. Thread-safe.
 */
public final class MailNotifier implements Notifier {
    /** Default timeout of one delivery: 30 s. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

    private final SmtpSender sender;
    private final String host;
    private final Duration limit;
    private final BoundedCall calls;

    /**
     * Uses {@link #DEFAULT_LIMIT} and the runtime's trusted certificates.
     *
     * @throws IllegalStateException if Angus Mail is missing
     */
    public MailNotifier(MailServer server) {
        this(server, DEFAULT_LIMIT, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * Creates a notifier with all settings.
     *
     * @param limit of a whole delivery
     * @param tls verifies the server's certificate
     * @throws IllegalArgumentException if the limit is not positive
     * @throws IllegalStateException if Angus Mail is missing
     */
    public MailNotifier(MailServer server, Duration limit, SSLSocketFactory tls) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("the limit is not positive");
        }
        this.limit = limit;
        this.host = server.host();
        this.calls = new BoundedCall(limit);
        this.sender = sender(server, limit, tls);
    }

    private static SmtpSender sender(MailServer server, Duration limit, SSLSocketFactory tls) {
        try {
            return new SmtpSender(server, limit, tls, new HelloName());
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("mail needs org.eclipse.angus:angus-mail", e);
        }
    }

    @Override
    public Set<String> schemes() {
        return Set.of("mailto");
    }

    /** A text that is no mailto URI of one address. */
    @Override
    public Optional<String> problem(URI contact) {
        try {
            MailAddress.of(contact);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        MailAddress to;
        try {
            to = MailAddress.of(contact);
        } catch (IllegalArgumentException e) {
            return new Delivery.Refused(String.valueOf(e.getMessage()));
        }
        try {
            SmtpSender.Mail mail = mail(notice, to);
            return calls.run(host, () -> sender.deliver(mail));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return later("interrupted while waiting for the mail server");
        } catch (TimeoutException e) {
            return later("no answer within " + limit);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a delivery failed without being a fault of mail", e.getCause());
        }
    }

    private static SmtpSender.Mail mail(Notice notice, MailAddress to) {
        NoticeText text = new NoticeText(notice);
        StringBuilder body = new StringBuilder(text.text()).append("\n\n");
        text.facts().forEach(fact -> body.append(fact).append('\n'));
        text.link()
                .ifPresent(link -> body.append('\n')
                        .append(link)
                        .append("\n\nThis message authorises nothing: you must sign in to use the link.\n"));
        return new SmtpSender.Mail(text.id(), to, notice.time(), text.title(), body.toString());
    }

    private static Delivery later(String cause) {
        return new Delivery.Later(cause, Optional.empty());
    }
}
