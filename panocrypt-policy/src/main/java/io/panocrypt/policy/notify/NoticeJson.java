package io.panocrypt.policy.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.spi.notify.Notice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** Converts a notice into JSON for programs. */
final class NoticeJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private NoticeJson() {}

    /** The members {@code type}, {@code timestamp} and {@code data}, as Standard Webhooks recommends. */
    static ObjectNode event(Notice notice) {
        NoticeText text = new NoticeText(notice);
        ObjectNode event = object();
        event.put("type", text.event());
        event.put("timestamp", notice.time().toString());
        ObjectNode data = event.putObject("data");
        data.put("text", text.text());
        put(data, "deviceId", text.deviceId());
        put(data, "deviceName", text.device());
        put(data, "source", text.source());
        put(data, "since", notice.since().map(Instant::toString));
        put(data, "link", text.link());
        return event;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static void put(ObjectNode object, String name, Optional<String> value) {
        value.ifPresent(text -> object.put(name, text));
    }

    static byte[] bytes(ObjectNode object) {
        try {
            return MAPPER.writeValueAsString(object).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always writes", e);
        }
    }
}
