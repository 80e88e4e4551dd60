package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for each command that there is, or will be. */
class EveryCommandTest extends CliFixture {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Stream<String> commands() {
        return Answers.commands();
    }

    @BeforeEach
    void prepare() {
        Answers.prepare(server);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void printsInTextWhatAPersonNeedsOfItsJson(String command) throws Exception {
        Ran asJson = run(Answers.typed(command, "--json"));
        Ran asText = run(Answers.typed(command));
        assertDone(asJson);
        assertDone(asText);
        String text = asText.out() + asText.err();
        assertFalse(text.isBlank());
        if (asJson.out().isEmpty()) {
            return;
        }
        JsonNode json = MAPPER.readTree(asJson.out());
        List<String> needed = Answers.needed(command, json);
        assertAll(needed.stream()
                .map(value ->
                        () -> assertTrue(!value.isEmpty() && text.contains(value), value + " is not in:\n" + text)));
    }
}
