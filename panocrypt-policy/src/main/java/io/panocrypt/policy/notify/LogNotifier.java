package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.lang.System.Logger;
import java.net.URI;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes notices to the log, one line each, for contacts such as {@code log:operators}.
 *
 * <p>The part after {@code log:} only helps people to distinguish contacts, and is not written. A line is {@code notice
 * ID (EVENT): TEXT; Device: ...; Source: ...; ...; LINK}. Immutable and thread-safe.
 */
public final class LogNotifier implements Notifier {
    private final Logger log;

    /** Writes at level INFO to the system logger that has this class's name. */
    public LogNotifier() {
        this(System.getLogger(LogNotifier.class.getName()));
    }

    /** Writes at level INFO to a logger. */
    public LogNotifier(Logger log) {
        this.log = log;
    }

    @Override
    public Set<String> schemes() {
        return Set.of("log");
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        if (!"log".equals(contact.getScheme())) {
            return new Delivery.Refused("not a log contact");
        }
        NoticeText text = new NoticeText(notice);
        String line = Stream.of(
                        Stream.of("notice " + text.id() + " (" + text.event() + "): " + text.text()),
                        text.facts().stream().filter(fact -> !fact.startsWith("Event:")),
                        text.link().stream())
                .flatMap(parts -> parts)
                .collect(Collectors.joining("; "));
        log.log(Logger.Level.INFO, line);
        return new Delivery.Done();
    }
}
