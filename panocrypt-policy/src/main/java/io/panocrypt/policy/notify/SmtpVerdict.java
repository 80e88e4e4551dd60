package io.panocrypt.policy.notify;

import io.panocrypt.policy.notify.SmtpTransport.Step;
import io.panocrypt.policy.spi.notify.Delivery;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * Converts a mail server's refusal into the result of a delivery.
 *
 * <p>Only an answer about the recipient or the message can refuse a notice for good. Earlier answers, and answers about
 * the protocol or the login, concern all mail, and an operator can repair their cause; they mean later.
 */
final class SmtpVerdict {
    /** RFC 3463: no such mailbox, mailbox moved; RFC 7505: a domain that accepts no mail. */
    private static final Pattern NO_SUCH_MAILBOX = Pattern.compile("5\\.1\\.(?:1|2|6|10)\\b.*");

    private static final Pattern ENHANCED = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}\\b");
    private static final int MAX_WORDS = 120;

    /** A full mailbox; RFC 5321 section 4.5.3.1.10 says to treat it as temporary. */
    private static final int FULL = 552;

    private SmtpVerdict() {}

    /**
     * The result that a failure means.
     *
     * @param code the server's last answer, or less than 200 if there is none
     * @param answer its lines, unchanged
     * @param isSecret detects texts that must not be shown
     */
    static Delivery of(MessagingException failure, Step step, int code, String answer, Predicate<String> isSecret) {
        if (code < 400) {
            return later(withoutAnswer(failure, step, code));
        }
        String words = words(answer);
        String cause = ("the mail server answered " + code + " " + step + shown(words, step, isSecret)).strip();
        if (code < 500 || code == FULL || step.compareTo(Step.RECIPIENT) < 0 || concernsAllMail(code)) {
            return later(cause);
        }
        return step == Step.RECIPIENT && NO_SUCH_MAILBOX.matcher(words).matches()
                ? new Delivery.Gone(cause)
                : new Delivery.Refused(cause);
    }

    /** Whether the code says that the server does not know or expect a command, or requires a login. */
    private static boolean concernsAllMail(int code) {
        return code / 10 == 50 || code / 10 == 53;
    }

    /** The server's words may repeat what it was sent: for a login and a message only the number is shown. */
    private static String shown(String words, Step step, Predicate<String> isSecret) {
        boolean quotable = step != Step.LOGIN && step != Step.MESSAGE && !isSecret.test(words);
        if (quotable) {
            return words.isEmpty() ? "" : ": " + words;
        }
        Matcher number = ENHANCED.matcher(words);
        return number.lookingAt() ? ": " + number.group() : "";
    }

    private static String words(String answer) {
        String text = answer.lines()
                .map(line -> line.substring(Math.min(4, line.length())).strip())
                .distinct()
                .collect(Collectors.joining(" "));
        return OneLine.of(text, MAX_WORDS);
    }

    private static String withoutAnswer(MessagingException failure, Step step, int code) {
        if (failure instanceof AuthenticationFailedException) {
            return "the mail server offers no login method that is supported";
        }
        if (find(failure, UnknownHostException.class).isPresent()) {
            return "the mail server's host is unknown";
        }
        if (find(failure, SSLException.class).isPresent()) {
            return "TLS with the mail server failed";
        }
        if (step == Step.LOGIN && code >= 200) {
            return "the mail server offers no STARTTLS";
        }
        return step == Step.GREETING && code != -1
                ? "the mail server could not be reached"
                : "the connection to the mail server broke off " + step;
    }

    /** Searches causes and the library's own chain of exceptions. */
    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < 10 && !type.isInstance(next); depth++) {
            next = next instanceof MessagingException linked && linked.getNextException() != null
                    ? linked.getNextException()
                    : next.getCause();
        }
        return type.isInstance(next) ? Optional.of(type.cast(next)) : Optional.empty();
    }

    private static Delivery later(String cause) {
        return new Delivery.Later(cause, Optional.empty());
    }
}
