package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.OptionNames;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** Every REST operation has a command. */
class WholeInterfaceTest extends CliFixture {
    /** Operations for machines and browsers, not for the command line. */
    private static final Set<String> NOT_FOR_OPERATORS = Set.of(
            "POST /backup",
            "POST /enroll",
            "GET /openapi.json",
            "GET /push-key",
            "POST /members/{id}/push-subscriptions");

    /** Whole ids: shorter ones would be searched for. */
    private static final String REQUEST = "x".repeat(Lookup.ID_LENGTH);

    private static final String HASH = "x".repeat(64);

    private static final Map<String, String> COMMANDS = new TreeMap<>();

    static {
        COMMANDS.put("POST /devices", "device add n");
        COMMANDS.put("GET /devices", "device list");
        COMMANDS.put("GET /devices/{id}", "device show x");
        COMMANDS.put("PATCH /devices/{id}", "device edit x --notes n");
        COMMANDS.put("POST /devices/{id}/disable", "device disable x");
        COMMANDS.put("POST /devices/{id}/enable", "device enable x");
        COMMANDS.put("POST /devices/{id}/confirm", "device confirm x");
        COMMANDS.put("POST /devices/{id}/revoke", "device revoke x --confirm x");
        COMMANDS.put("POST /devices/{id}/rotate-keys", "device rotate-keys x");
        COMMANDS.put("POST /devices/import", "key import . --name n");
        COMMANDS.put("GET /devices/{id}/advertisement", "device kit x");
        COMMANDS.put("GET /devices/{id}/keys", "device keys x");
        COMMANDS.put("GET /key-report", "key report");
        COMMANDS.put("POST /key-jobs", "key rotate --tag t");
        COMMANDS.put("GET /key-jobs", "key jobs");
        COMMANDS.put("GET /key-jobs/{id}", "key job x");
        COMMANDS.put("DELETE /key-jobs/{id}", "key cancel-job x");
        COMMANDS.put("GET /devices/{id}/register-source", "device register-source x");
        COMMANDS.put("POST /devices/{id}/register-source", "device register-source x --yes");
        COMMANDS.put("DELETE /devices/{id}/keys/{generation}", "device destroy-keys x 1 --confirm 1");
        COMMANDS.put("POST /devices/{id}/allowances", "device allow x");
        COMMANDS.put("GET /devices/{id}/allowances", "device allowances x");
        COMMANDS.put("DELETE /devices/{id}/allowances/{allowance}", "device cancel-allowance x a");
        COMMANDS.put("GET /devices/{id}/temporary-deny", "device denies x");
        COMMANDS.put("DELETE /devices/{id}/temporary-deny", "device lift-deny x");
        COMMANDS.put("POST /devices/{id}/dry-run", "device dry-run x --source 192.0.2.1");
        COMMANDS.put("GET /devices/{id}/history", "history list --device x");
        COMMANDS.put("GET /history", "history list");
        COMMANDS.put("GET /audit", "audit");
        COMMANDS.put("GET /history/export", "history export");
        COMMANDS.put("POST /history/verify", "history verify");
        COMMANDS.put("POST /lockdowns", "lockdown start --reason r");
        COMMANDS.put("GET /lockdowns", "lockdown list");
        COMMANDS.put("GET /lockdowns/{id}", "lockdown show x");
        COMMANDS.put("DELETE /lockdowns/{id}", "lockdown lift x");
        COMMANDS.put("GET /fence", "fence show");
        COMMANDS.put("DELETE /fence", "fence lift --confirm x");
        COMMANDS.put("POST /enrollment-keys", "key add n");
        COMMANDS.put("GET /enrollment-keys", "key list");
        COMMANDS.put("GET /enrollment-keys/{id}", "key show x");
        COMMANDS.put("DELETE /enrollment-keys/{id}", "key remove x");
        COMMANDS.put("POST /members/{id}/token", "member rotate-token x");
        COMMANDS.put("POST /members/{id}/contacts/test", "member test x log:x");
        COMMANDS.put("GET /members/{id}/push-subscriptions", "member browsers x");
        COMMANDS.put("DELETE /members/{id}/push-subscriptions/{subscription}", "member remove-browser x s");
        COMMANDS.put("POST /members/{id}/push-subscriptions/{subscription}/test", "member test-browser x s");
        COMMANDS.put("GET /requests", "request list");
        COMMANDS.put("GET /requests/{id}", "request show " + REQUEST);
        COMMANDS.put("POST /requests/{id}/approve", "request approve " + REQUEST);
        COMMANDS.put("POST /requests/{id}/deny", "request deny " + REQUEST);
        COMMANDS.put("POST /requests/{id}/defer", "request defer " + REQUEST);
        COMMANDS.put("POST /webhooks/{id}/secret", "webhook secret x");
        COMMANDS.put("POST /webhooks/{id}/test", "webhook test x");
        COMMANDS.put("GET /outbox", "outbox status");
        COMMANDS.put("GET /outbox/dead-letters", "outbox list");
        COMMANDS.put("GET /outbox/failing", "outbox failing");
        COMMANDS.put("POST /outbox/retry", "outbox retry " + HASH);
        COMMANDS.put("POST /outbox/drop", "outbox drop " + HASH);
        COMMANDS.put("GET /master-key", "master-key status");
        COMMANDS.put("POST /master-key/rewrap", "master-key rewrap");
        COMMANDS.put("GET /closed-contacts", "outbox closed");
        COMMANDS.put("DELETE /closed-contacts/{id}", "outbox reopen " + HASH);
        collection("network-access-lists", "list", "n", "--name n");
        collection("members", "member", "n", "--name n");
        collection("user-groups", "user-group", "n", "--name n");
        collection("approval-groups", "group", "n --tag t", "--name n");
        collection("webhooks", "webhook", "https://h.example/", "--all-events");
    }

    private static void collection(String path, String noun, String added, String edited) {
        COMMANDS.put("POST /" + path, noun + " add " + added);
        COMMANDS.put("GET /" + path, noun + " list");
        COMMANDS.put("GET /" + path + "/{id}", noun + " show x");
        COMMANDS.put("PATCH /" + path + "/{id}", noun + " edit x " + edited);
        COMMANDS.put("DELETE /" + path + "/{id}", noun + " remove x");
    }

    @Test
    void isNamedByACommandForEachOperation() throws IOException {
        Set<String> operations = new OpenApi().operations();
        assertTrue(operations.removeAll(NOT_FOR_OPERATORS));
        assertEquals(String.join("\n", operations), String.join("\n", COMMANDS.keySet()));
    }

    @TestFactory
    Stream<DynamicTest> isAskedByThatCommand() {
        server.otherwise(
                200,
                "{\"id\":\"x\",\"name\":\"x\",\"version\":\"1\",\"secret\":\"s\",\"token\":\"t\","
                        + "\"intact\":true,\"rows\":1,\"items\":[],\"nextCursor\":null}");
        return COMMANDS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey() + ": " + entry.getValue(), () -> assertAsks(entry.getKey(), entry.getValue())));
    }

    private void assertAsks(String operation, String command) {
        int before = server.lines().size();
        Ran ran = run(words(command));
        String pattern = operation.replaceAll("\\{\\w+\\}", "[^/?]+") + "(\\?.*)?";
        assertTrue(
                server.lines().subList(before, server.lines().size()).stream().anyMatch(line -> line.matches(pattern)),
                () -> server.lines() + ran.err());
    }

    /** Positional parameters instead of options. */
    private static final Set<String> POSITIONS = Set.of("name", "url", "contact", "id", "keys", "hiddenKeys", "act");

    /** Refusals name members of the body: each must map to an option. */
    @Test
    void hasAnOptionForEachMemberOfABody() throws IOException {
        CommandLine root = new CommandLine(new Root());
        OperatorCommands.addTo(root);
        JsonNode api = new OpenApi().document();
        Set<String> members = new TreeSet<>(POSITIONS);
        COMMANDS.forEach((operation, command) -> {
            String[] words = operation.split(" ");
            JsonNode schema = api.path("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
            schema = schema.at("/requestBody/content/application~1json/schema");
            String name = schema.path("$ref").asText().replaceFirst(".*/", "");
            CommandLine typed = root;
            for (String word : words(command)) {
                typed = typed.getSubcommands().getOrDefault(word, typed);
            }
            Set<String> options = typed.getCommandSpec().optionsMap().keySet();
            api.path("components")
                    .path("schemas")
                    .path(name)
                    .path("properties")
                    .fieldNames()
                    .forEachRemaining(member -> {
                        if (!POSITIONS.contains(member)) {
                            assertTrue(options.contains(OptionNames.OPTIONS.get(member)), command + " " + member);
                            members.add(member);
                        }
                    });
        });
        members.removeAll(Set.of("contact", "id", "keys", "hiddenKeys", "act"));
        assertEquals(new TreeSet<>(OptionNames.OPTIONS.keySet()), members);
    }
}
