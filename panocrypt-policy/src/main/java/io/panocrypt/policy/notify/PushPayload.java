package io.panocrypt.policy.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.spi.notify.Notice;
import java.time.Instant;
import java.util.Arrays;

/** A notice as JSON for a service worker, padded to hide its exact length from the push service. */
final class PushPayload {
    /** In bytes: the room in one record of 4,096 bytes besides its header, delimiter and tag (RFC 8291 section 4). */
    static final int MAX = 3_993;

    private static final int STEP = 256;
    /** Maximum lengths of title and text in code points, tried in turn; with the last one everything fits. */
    private static final int[] BOUNDS = {600, 200, 60};

    private PushPayload() {}

    static byte[] of(Notice notice) {
        byte[] json = new byte[0];
        for (int bound : BOUNDS) {
            json = json(notice, bound);
            if (json.length <= MAX) {
                break;
            }
        }
        // JSON may end in white space, so the receiver need not remove the padding.
        byte[] padded = Arrays.copyOf(json, Math.min(MAX, (json.length + STEP - 1) / STEP * STEP));
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private static byte[] json(Notice notice, int bound) {
        NoticeText text = new NoticeText(notice);
        ObjectNode message = NoticeJson.object();
        message.put("id", text.id());
        message.put("event", text.event());
        message.put("time", notice.time().toString());
        message.put("title", OneLine.of(text.title(), bound));
        message.put("text", OneLine.of(text.text(), bound));
        NoticeJson.put(message, "deviceId", text.deviceId());
        NoticeJson.put(message, "deviceName", text.device());
        NoticeJson.put(message, "source", text.source());
        NoticeJson.put(message, "since", notice.since().map(Instant::toString));
        NoticeJson.put(message, "link", text.link());
        return NoticeJson.bytes(message);
    }
}
