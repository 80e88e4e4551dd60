package io.panocrypt.testkit.notices;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A channel for {@code test:} contacts with scripted behaviour that records its calls. Thread-safe. */
final class ScriptedNotifier implements Notifier {
    /** One call. */
    record Call(Notice notice, String contact, boolean taken) {
        @Override
        public String toString() {
            return contact.substring(contact.indexOf(':') + 1) + " " + notice.event();
        }
    }

    private final String scheme;
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, Deque<BiFunction<Notice, URI, Delivery>>> scripts = new HashMap<>();
    private BiFunction<Notice, URI, Delivery> otherwise = (notice, contact) -> new Delivery.Done();

    ScriptedNotifier(String scheme) {
        this.scheme = scheme;
    }

    /** Sets what the next call for this contact does. */
    synchronized void next(String contact, BiFunction<Notice, URI, Delivery> act) {
        scripts.computeIfAbsent(contact, any -> new ArrayDeque<>()).add(act);
    }

    synchronized void next(String contact, Delivery answer) {
        next(contact, (notice, uri) -> answer);
    }

    /** Sets what all other calls do. */
    synchronized void otherwise(BiFunction<Notice, URI, Delivery> act) {
        otherwise = act;
    }

    static Delivery later(String cause) {
        return new Delivery.Later(cause, Optional.empty());
    }

    @Override
    public Set<String> schemes() {
        return Set.of(scheme);
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        Delivery answer = null;
        try {
            answer = act(contact).apply(notice, contact);
            return answer;
        } finally {
            boolean taken = answer instanceof Delivery.Done;
            synchronized (this) {
                calls.add(new Call(notice, contact.toString(), taken));
                notifyAll();
            }
        }
    }

    private synchronized BiFunction<Notice, URI, Delivery> act(URI contact) {
        Deque<BiFunction<Notice, URI, Delivery>> script = scripts.get(contact.toString());
        return script == null || script.isEmpty() ? otherwise : script.remove();
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Waits until this contact has received something. */
    synchronized void awaitTaken(String contact) throws InterruptedException {
        while (taken().stream().noneMatch(call -> call.contact().equals(contact))) {
            wait();
        }
    }

    synchronized List<Call> taken() {
        return calls.stream().filter(Call::taken).toList();
    }

    /** Who received what, in order, such as {@code ada request.opened}. */
    List<String> received() {
        return taken().stream().map(Call::toString).toList();
    }

    /** The events that a contact received, in order. */
    List<String> receivedBy(String name) {
        return taken().stream()
                .filter(call -> call.contact().equals(scheme + ":" + name))
                .map(call -> call.notice().event())
                .toList();
    }
}
