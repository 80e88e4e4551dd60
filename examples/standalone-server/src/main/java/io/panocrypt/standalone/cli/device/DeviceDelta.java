package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.DeviceOptions;
import io.panocrypt.standalone.cli.base.Lookup;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Tags, sources and lists to add to a device or remove from it; the others stay. */
final class DeviceDelta {
    @Option(names = "--add-tag", paramLabel = "TAG", description = "One tag more; repeatable.")
    private List<String> addTags = List.of();

    @Option(names = "--remove-tag", paramLabel = "TAG", description = "One tag less; repeatable.")
    private List<String> removeTags = List.of();

    @Option(names = "--add-source", paramLabel = "CIDR", description = "One address block more; repeatable.")
    private List<String> addSources = List.of();

    @Option(names = "--remove-source", paramLabel = "CIDR", description = "One address block less; repeatable.")
    private List<String> removeSources = List.of();

    @Option(names = "--add-list", paramLabel = "LIST", description = "One network access list more; repeatable.")
    private List<String> addLists = List.of();

    @Option(names = "--remove-list", paramLabel = "LIST", description = "One network access list less; repeatable.")
    private List<String> removeLists = List.of();

    /** The ids of the lists to add, looked up once for all devices. */
    private @Nullable List<String> addListIds;

    private @Nullable List<String> removeListIds;

    boolean saysNothing() {
        return tagsStay() && sourcesStay() && listsStay();
    }

    private boolean tagsStay() {
        return addTags.isEmpty() && removeTags.isEmpty();
    }

    private boolean sourcesStay() {
        return addSources.isEmpty() && removeSources.isEmpty();
    }

    private boolean listsStay() {
        return addLists.isEmpty() && removeLists.isEmpty();
    }

    /** Refuses parts that {@code other} replaces as a whole, and invalid address blocks. */
    void check(DeviceOptions other) throws CommandFailure {
        if (!tagsStay() && other.tags != null
                || !sourcesStay() && other.sources != null
                || !listsStay() && other.lists != null) {
            throw CommandFailure.usage("--add-... and --remove-... go without the option that replaces all there were");
        }
        addSources = blocks("--add-source", addSources);
        removeSources = blocks("--remove-source", removeSources);
        addListIds = null;
        removeListIds = null;
    }

    private static List<String> blocks(String option, List<String> typed) throws CommandFailure {
        Set<String> blocks = new LinkedHashSet<>();
        for (String text : typed) {
            try {
                blocks.add(Cidr.parse(text).toString());
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(option + ": " + text + ": " + e.getMessage());
            }
        }
        return List.copyOf(blocks);
    }

    /**
     * Adds the new value of each changed list to a request body.
     *
     * @param strict whether to refuse removing what is not there: for a single device this is probably a typing
     *     error, and the intended value would stay
     */
    void writeTo(ObjectNode body, ApiAnswer before, Lookup networkAccessLists, boolean strict) throws CommandFailure {
        if (strict) {
            checkThere(before, "tags", lower(removeTags), lower(removeTags));
            checkThere(before, "sources", removeSources, removeSources);
        }
        if (!tagsStay()) {
            change(body, before, "tags", lower(addTags), lower(removeTags));
        }
        if (!sourcesStay()) {
            change(body, before, "sources", addSources, removeSources);
        }
        if (!listsStay()) {
            addListIds = addListIds == null ? networkAccessLists.ids(addLists) : addListIds;
            removeListIds = removeListIds == null ? networkAccessLists.ids(removeLists) : removeListIds;
            if (strict) {
                checkThere(before, "networkAccessLists", removeListIds, removeLists);
            }
            change(body, before, "networkAccessLists", addListIds, removeListIds);
        }
    }

    private static List<String> lower(List<String> tags) {
        return tags.stream().map(tag -> tag.toLowerCase(Locale.ROOT)).toList();
    }

    /** @param typed the same as {@code less}, as the operator wrote it */
    private static void checkThere(ApiAnswer before, String member, List<String> less, List<String> typed)
            throws CommandFailure {
        List<String> there = DeviceTargets.texts(before.json().path(member));
        for (int i = 0; i < less.size(); i++) {
            if (!there.contains(less.get(i))) {
                throw CommandFailure.refused(
                        before.json().path("name").asText() + " does not have " + typed.get(i) + " to remove");
            }
        }
    }

    private static void change(ObjectNode body, ApiAnswer before, String member, List<String> more, List<String> less) {
        Set<String> there =
                new LinkedHashSet<>(DeviceTargets.texts(before.json().path(member)));
        Set<String> texts = new LinkedHashSet<>(there);
        less.forEach(texts::remove);
        texts.addAll(more);
        if (!texts.equals(there)) {
            body.set(member, ApiClient.array(List.copyOf(texts)));
        }
    }
}
