package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.Delivery;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;

/** Hands messages to a mail server; the only class, with its verdict, that knows Angus Mail. Thread-safe. */
final class SmtpSender {
    /** A message before it is encoded. */
    record Mail(String id, MailAddress to, Instant date, String subject, String body) {}

    private final MailServer server;
    private final Session session;

    SmtpSender(MailServer server, Duration limit, SSLSocketFactory tls) {
        this.server = server;
        this.session = Session.getInstance(properties(server, limit, tls));
    }

    private static Properties properties(MailServer server, Duration limit, SSLSocketFactory tls) {
        String millis = Long.toString(limit.toMillis());
        boolean implicit = server.security() == MailServer.Security.TLS;
        boolean upgrade = server.security() == MailServer.Security.STARTTLS;
        Properties properties = new Properties();
        properties.put("mail.smtp.connectiontimeout", millis);
        properties.put("mail.smtp.timeout", millis);
        properties.put("mail.smtp.from", server.from().toString());
        properties.put("mail.smtp.auth", Boolean.toString(server.user().isPresent()));
        properties.put("mail.smtp.ssl.enable", Boolean.toString(implicit));
        properties.put("mail.smtp.starttls.enable", Boolean.toString(upgrade));
        properties.put("mail.smtp.starttls.required", Boolean.toString(upgrade));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", tls);
        properties.put("mail.smtp.socketFactory.fallback", "false");
        // Only a channel's socket ends at once when its thread is interrupted.
        properties.put("mail.smtp.usesocketchannels", "true");
        // What comes after the server has taken the message must not make a failure of it.
        properties.put("mail.smtp.quitwait", "false");
        return properties;
    }

    Delivery deliver(Mail mail) {
        try {
            send(mail);
            return new Delivery.Done();
        } catch (MessagingException e) {
            return SmtpVerdict.of(e);
        }
    }

    private void send(Mail mail) throws MessagingException {
        MimeMessage message = encode(mail);
        Transport transport = session.getTransport("smtp");
        try {
            transport.connect(server.host(), server.port(), server.user().orElse(null), server.password());
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            close(transport);
        }
    }

    /** Whether the message was taken is known by now. */
    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException theServerHasGone) {
            return;
        }
    }

    private MimeMessage encode(Mail mail) throws MessagingException {
        String domain = server.from().domain();
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + mail.id() + "@" + domain + ">");
            }
        };
        message.setFrom(new InternetAddress(server.from().toString(), true));
        message.setRecipient(
                Message.RecipientType.TO, new InternetAddress(mail.to().toString(), true));
        message.setSentDate(Date.from(mail.date()));
        message.setSubject(mail.subject(), StandardCharsets.UTF_8.name());
        message.setText(mail.body(), StandardCharsets.UTF_8.name());
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        return message;
    }
}
