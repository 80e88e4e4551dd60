package io.panocrypt.policy.internal.passkey;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.internal.records.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a browser says in {@code clientDataJSON}. It is parsed as JSON without duplicate members; the specification's
 * comparison of prefixes would refuse browsers that leave {@code crossOrigin} out.
 *
 * @param framed whether the page was in a frame of another origin
 */
record ClientData(String type, String challenge, String origin, boolean framed) {
    static final String CREATE = "webauthn.create";
    static final String GET = "webauthn.get";

    private static final int MAX = 4_096;

    /** Empty if it is no client data. */
    static Optional<ClientData> parse(byte[] json) {
        if (json.length > MAX) {
            return Optional.empty();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            return Json.readForeign(text, JsonNode.class).flatMap(ClientData::of);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<ClientData> of(JsonNode node) {
        JsonNode cross = node.path("crossOrigin");
        boolean known = node.path("type").isTextual()
                && node.path("challenge").isTextual()
                && node.path("origin").isTextual()
                && (cross.isMissingNode() || cross.isBoolean());
        return known
                ? Optional.of(new ClientData(
                        node.path("type").textValue(),
                        node.path("challenge").textValue(),
                        node.path("origin").textValue(),
                        cross.asBoolean() || node.has("topOrigin")))
                : Optional.empty();
    }
}
