package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;

/** Sends messages to a mail server; only this class, its transport and its verdict use Angus Mail. Thread-safe. */
final class SmtpSender {
    /** A message before encoding. */
    record Mail(String id, MailAddress to, Instant date, String subject, String body) {}

    private final MailServer server;
    private final Session session;
    private final HelloName helloName;

    SmtpSender(MailServer server, Duration limit, SSLSocketFactory tls, HelloName helloName) {
        this.server = server;
        this.helloName = helloName;
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
        // Only a channel's socket is closed at once when its thread is interrupted.
        properties.put("mail.smtp.usesocketchannels", "true");
        // A fault after the server accepted the message must not make the delivery a failure.
        properties.put("mail.smtp.quitwait", "false");
        return properties;
    }

    Delivery deliver(Mail mail) throws MessagingException, InterruptedException {
        MimeMessage message = encode(mail);
        SmtpTransport transport = new SmtpTransport(session);
        transport.setLocalHost(
                server.hello().isPresent() ? server.hello().get() : helloName.towards(server.host(), server.port()));
        try {
            transport.connect(server.host(), server.port(), server.user().orElse(null), server.password());
            transport.sendMessage(message, message.getAllRecipients());
            return new Delivery.Done();
        } catch (MessagingException e) {
            int code = transport.getLastReturnCode();
            String answer = String.valueOf(transport.getLastServerResponse());
            return SmtpVerdict.of(e, transport.step(), code, answer, this::holdsPassword);
        } finally {
            close(transport);
        }
    }

    /** Whether the text contains the password, plain or as a login sends it. */
    private boolean holdsPassword(String text) {
        String password = server.password();
        if (password == null) {
            return false;
        }
        Base64.Encoder base64 = Base64.getEncoder();
        String plain = "\0" + server.user().orElse("") + "\0" + password;
        return text.contains(password)
                || text.contains(base64.encodeToString(password.getBytes(StandardCharsets.UTF_8)))
                || text.contains(base64.encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    }

    /** Ignores faults: it is already known whether the server accepted the message. */
    private static void close(SmtpTransport transport) {
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
