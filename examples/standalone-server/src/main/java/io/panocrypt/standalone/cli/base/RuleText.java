package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;

/** The rule that decided about an attempt, in words. */
public final class RuleText {
    private RuleText() {}

    /** Empty if there is none. */
    public static String of(JsonNode rule) {
        return rule.isObject()
                ? rule.path("name").asText() + ": " + rule.path("reason").asText()
                : "";
    }
}
