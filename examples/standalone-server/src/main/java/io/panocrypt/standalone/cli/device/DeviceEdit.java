package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.DeviceOptions;
import io.panocrypt.standalone.cli.base.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code device edit}: changes what the options name, unless the device changed since it was read. */
@Command(
        name = "edit",
        description =
                "Change a device, or several. Only what you name changes; --source, --tag and --list replace all there"
                        + " were.")
final class DeviceEdit extends DevicesCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "Its new name.")
    private @Nullable String name;

    @Mixin
    private CustodyOption custody = new CustodyOption();

    @Mixin
    private DeviceOptions change = new DeviceOptions();

    @Mixin
    private DeviceDelta delta = new DeviceDelta();

    @Option(names = "--no-sources", description = "Remove all address blocks of its own.")
    private boolean noSources;

    @Option(names = "--no-tags", description = "Remove all tags.")
    private boolean noTags;

    @Option(names = "--no-lists", description = "Remove all references to network access lists.")
    private boolean noLists;

    @Option(
            names = "--confirm",
            description = "Do it even if it takes approval, or all who can give it, away from the device.")
    private boolean confirm;

    @Override
    protected void checkOptions() throws CommandFailure {
        super.checkOptions();
        if (noSources && change.sources != null || noTags && change.tags != null || noLists && change.lists != null) {
            throw CommandFailure.usage("--no-sources, --no-tags and --no-lists go without --source, --tag and --list");
        }
        change.sources = noSources ? List.of() : change.sources;
        change.tags = noTags ? List.of() : change.tags;
        change.lists = noLists ? List.of() : change.lists;
        delta.check(change);
        if (name != null && !changesOne()) {
            throw CommandFailure.usage("--name goes with one DEVICE: each name is one device's");
        }
        if (name == null && change.saysNothing() && custody.saysNothing() && delta.saysNothing()) {
            throw CommandFailure.usage("nothing to change");
        }
    }

    @Override
    ApiAnswer change(ApiClient api, ApiAnswer before) throws CommandFailure {
        ObjectNode body = ApiClient.object();
        if (name != null) {
            body.put("name", name);
        }
        change.writeTo(body, Lookup.lists(api));
        custody.writeTo(body);
        delta.writeTo(body, before, Lookup.lists(api), changesOne());
        dropUnchanged(body, before.json());
        if (body.isEmpty()) {
            return before;
        }
        if (confirm) {
            body.put("confirm", true);
        }
        return withLastUse(
                api.patch(ApiClient.path("devices", before.id()), before.text("version"), body), before.json());
    }

    /** An edit's answer does not say when the device was last used; what was read before it still holds. */
    private static ApiAnswer withLastUse(ApiAnswer after, JsonNode before) {
        JsonNode shown = after.json().deepCopy();
        if (shown instanceof ObjectNode device) {
            for (String member : List.of("lastSeen", "lastUnlock")) {
                if (before.has(member)) {
                    device.set(member, before.get(member));
                }
            }
        }
        return new ApiAnswer(after.body(), shown);
    }

    /** An edit that changes nothing would still make a version and an audit entry. */
    private static void dropUnchanged(ObjectNode body, JsonNode before) {
        List<String> names = new ArrayList<>();
        body.fieldNames().forEachRemaining(names::add);
        for (String member : names) {
            JsonNode wanted = body.path(member);
            JsonNode found = before.path(member);
            if (wanted.isArray() ? asSet(wanted).equals(asSet(found)) : wanted.equals(found)) {
                body.remove(member);
            }
        }
    }

    private static Set<String> asSet(JsonNode texts) {
        return Set.copyOf(DeviceTargets.texts(texts));
    }

    @Override
    void printDone(JsonNode after) {
        DeviceText.printAll(after, out());
    }
}
