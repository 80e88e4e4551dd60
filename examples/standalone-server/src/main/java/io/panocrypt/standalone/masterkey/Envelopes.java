package io.panocrypt.standalone.masterkey;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.panocrypt.crypto.custody.CustodyException;
import java.io.IOException;

/** What the files of wrapped master keys have in common: one strict JSON object that says how it is wrapped. */
final class Envelopes {
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Envelopes() {}

    /** Whether a file's content looks like an envelope, and not like a plain key. */
    static boolean isEnvelope(byte[] content) {
        return content.length > 0 && content[0] == '{';
    }

    /** How the key in an envelope is wrapped; empty if the envelope does not say. */
    static String kind(byte[] envelope) {
        try {
            return JSON.readTree(envelope).path("wrap").asText();
        } catch (IOException e) {
            throw damaged();
        }
    }

    static CustodyException damaged() {
        return new CustodyException("it is no wrapped master key, or damaged", null);
    }

    static CustodyException unknown() {
        return new CustodyException("it is no wrapped master key of this release, or damaged", null);
    }
}
