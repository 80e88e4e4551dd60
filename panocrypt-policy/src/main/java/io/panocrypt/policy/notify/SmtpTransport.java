package io.panocrypt.policy.notify;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** A connection to a mail server that knows the step at which it was refused. */
final class SmtpTransport extends SMTPTransport {
    /** The steps of a delivery, in order. */
    enum Step {
        GREETING("at the greeting"),
        EHLO("at EHLO"),
        STARTTLS("at STARTTLS"),
        LOGIN("at the login"),
        SENDER("at MAIL FROM"),
        RECIPIENT("at RCPT TO"),
        DATA("at DATA"),
        MESSAGE("after the message");

        private final String words;

        Step(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private Step step = Step.GREETING;

    SmtpTransport(Session session) {
        super(session, new URLName("smtp", null, -1, null, null, null));
    }

    Step step() {
        return step;
    }

    /** Stops if the server knows EHLO but refuses it: the fallback HELO offers neither TLS nor a login. */
    @Override
    protected boolean ehlo(String domain) throws MessagingException {
        step = Step.EHLO;
        boolean taken = super.ehlo(domain);
        if (!taken && getLastReturnCode() != 500 && getLastReturnCode() != 502) {
            throw new MessagingException("EHLO is refused");
        }
        step = taken ? Step.LOGIN : step;
        return taken;
    }

    @Override
    protected void startTLS() throws MessagingException {
        step = Step.STARTTLS;
        super.startTLS();
    }

    @Override
    protected void mailFrom() throws MessagingException {
        step = Step.SENDER;
        super.mailFrom();
    }

    @Override
    protected void rcptTo() throws MessagingException {
        step = Step.RECIPIENT;
        super.rcptTo();
    }

    @Override
    protected OutputStream data() throws MessagingException {
        step = Step.DATA;
        return super.data();
    }

    @Override
    protected void finishData() throws IOException, MessagingException {
        step = Step.MESSAGE;
        super.finishData();
    }
}
