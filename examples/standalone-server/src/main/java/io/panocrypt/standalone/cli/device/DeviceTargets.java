package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The devices that a command acts on: one by id or name, or all with all the named tags. */
final class DeviceTargets {
    @Parameters(paramLabel = "DEVICE", arity = "0..1", description = "Its id or name.")
    private @Nullable String device;

    @Option(
            names = "--tagged",
            paramLabel = "TAG",
            description = "Instead of DEVICE: every device with this tag; repeatable, then with all of them.")
    private List<String> tags = List.of();

    @Option(names = "--all-matching", description = "Needed with --tagged where more than one device has the tags.")
    private boolean allMatching;

    void check() throws CommandFailure {
        if ((device == null) == tags.isEmpty()) {
            throw CommandFailure.usage("name either one DEVICE, or several by --tagged TAG");
        }
        if (allMatching && tags.isEmpty()) {
            throw CommandFailure.usage("--all-matching goes with --tagged");
        }
    }

    /** The id or name of the single device; empty if devices are selected by tags. */
    Optional<String> one() {
        return Optional.ofNullable(device);
    }

    /** All devices with the tags, except revoked ones, which cannot change. */
    List<JsonNode> tagged(ApiClient api) throws CommandFailure {
        List<String> wanted =
                tags.stream().map(tag -> tag.toLowerCase(Locale.ROOT)).toList();
        Map<String, String> query = Map.of("tag", wanted.get(0));
        List<JsonNode> found = api.list(ApiClient.path("devices"), query, Integer.MAX_VALUE).items().stream()
                .filter(item -> !item.path("state").asText().equals("revoked"))
                .filter(item -> texts(item.path("tags")).containsAll(wanted))
                .toList();
        if (found.isEmpty()) {
            throw CommandFailure.refused("no device has the tags " + String.join(", ", wanted));
        }
        if (found.size() > 1 && !allMatching) {
            throw CommandFailure.usage(found.size() + " devices have the tags " + String.join(", ", wanted)
                    + "; add --all-matching if all of them are meant");
        }
        return found;
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
