package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.Delivery;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/**
 * What a mail server's refusal means for a notice.
 *
 * <p>What concerns this sender rather than the recipient can be mended by an operator, so it means later.
 */
final class SmtpVerdict {
    /** RFC 3463: no such mailbox, mailbox moved; RFC 7505: a domain that takes no mail. */
    private static final Pattern NO_SUCH_MAILBOX =
            Pattern.compile("5\\d\\d[ -]5\\.1\\.(?:1|2|6|10)\\b.*", Pattern.DOTALL);

    /** A full mailbox; RFC 5321 section 4.5.3.1.10 has it treated as temporary. */
    private static final int FULL = 552;

    private SmtpVerdict() {}

    static Delivery of(MessagingException failure) {
        if (failure instanceof AuthenticationFailedException) {
            return later("the mail server refuses the login");
        }
        return find(failure, SMTPSenderFailedException.class)
                .map(sender -> later("the mail server refuses the sender: " + sender.getReturnCode()))
                .or(() -> find(failure, SMTPAddressFailedException.class)
                        .map(recipient -> refused(recipient.getReturnCode(), recipient.getMessage())))
                .or(() -> find(failure, SMTPSendFailedException.class)
                        .filter(message -> message.getReturnCode() > 0)
                        .map(message -> refused(message.getReturnCode(), "")))
                .orElseGet(() -> later("the mail server could not be reached, or broke off"));
    }

    /** The library chains what it found out, the least exact first. */
    private static <T extends MessagingException> Optional<T> find(MessagingException failure, Class<T> type) {
        Exception next = failure;
        while (next instanceof MessagingException found && !type.isInstance(found)) {
            next = found.getNextException();
        }
        return type.isInstance(next) ? Optional.of(type.cast(next)) : Optional.empty();
    }

    private static Delivery refused(int code, String answer) {
        String cause = "the mail server answered " + code;
        if (code < 500 || code == FULL) {
            return later(cause);
        }
        return NO_SUCH_MAILBOX.matcher(String.valueOf(answer).strip()).matches()
                ? new Delivery.Gone(cause)
                : new Delivery.Refused(cause);
    }

    private static Delivery later(String cause) {
        return new Delivery.Later(cause, Optional.empty());
    }
}
