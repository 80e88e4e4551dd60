package io.panocrypt.policy.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Publishes notices on ntfy servers, for contacts such as {@code ntfy://ntfy.sh/topic}.
 *
 * <p>This is the form of ntfy's own links. TLS is used unless the query is {@code secure=false}, which works only for
 * addresses that the {@link TargetPolicy} allows explicitly. A notice carries a link to open, never a credential; an
 * access token comes from {@link NtfyTokens} and is sent only to its server. The sequence id is the notice's, so a
 * client replaces a repeated notice instead of showing it twice (ntfy 2.16). Statuses have the same meaning as for
 * {@link WebhookNotifier}. Immutable and thread-safe.
 */
public final class NtfyNotifier implements Notifier {
    private static final String MALFORMED = "not ntfy://HOST[:PORT]/TOPIC[?secure=false]";
    private static final Pattern TOPIC = Pattern.compile("/[-_A-Za-z0-9]{1,64}");
    private static final int PRIORITY_HIGH = 4;
    private static final int PRIORITY_DEFAULT = 3;

    private final HttpDelivery delivery;
    private final NtfyTokens tokens;

    /**
     * A notifier for ntfy.
     *
     * @param http sends the requests
     * @param tokens asked at each delivery
     * @param clock for waits that a server gives as a date
     */
    public NtfyNotifier(OutboundHttp http, NtfyTokens tokens, InstantSource clock) {
        this.delivery = new HttpDelivery(http, clock, Set.of(410));
        this.tokens = tokens;
    }

    @Override
    public Set<String> schemes() {
        return Set.of("ntfy");
    }

    @Override
    public Optional<String> problem(URI contact) {
        return target(contact).map(delivery::problem).orElse(Optional.of(MALFORMED));
    }

    private static Optional<HttpTarget> target(URI contact) {
        String query = contact.getRawQuery();
        boolean wellFormed = "ntfy".equalsIgnoreCase(contact.getScheme())
                && TOPIC.matcher(String.valueOf(contact.getRawPath())).matches()
                && (query == null || query.equals("secure=false"));
        return wellFormed ? HttpTarget.of(query == null, contact) : Optional.empty();
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        Optional<HttpTarget> target = target(contact);
        if (target.isEmpty()) {
            return new Delivery.Refused(MALFORMED);
        }
        String path = contact.getRawPath();
        HttpTarget root = target.get().withPath("/");
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/json"));
        tokens.find(root.authority()).ifPresent(token -> headers.put("Authorization", "Bearer " + token));
        return delivery.send(new HttpPost(root, headers, message(notice, path.substring(1))));
    }

    /** Builds the JSON that is published at the server's root, since headers cannot carry every text. */
    private static byte[] message(Notice notice, String topic) {
        NoticeText text = new NoticeText(notice);
        ObjectNode message = NoticeJson.object();
        message.put("topic", topic);
        message.put("title", text.title());
        message.put("message", text.text() + "\n" + String.join("\n", text.facts()));
        message.put("priority", text.isUrgent() ? PRIORITY_HIGH : PRIORITY_DEFAULT);
        message.putArray("tags").add(text.isUrgent() ? "lock" : "information_source");
        NoticeJson.put(message, "click", text.link());
        message.put("sequence_id", text.id());
        return NoticeJson.bytes(message);
    }
}
