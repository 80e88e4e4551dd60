package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.net.Cidr;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of a new or existing device. What is not given stays unchanged, or gets the server's default. */
public final class DeviceOptions {
    @Option(names = "--source", paramLabel = "CIDR", description = "An address block that may unlock; repeatable.")
    @Nullable public List<String> sources;

    @Option(names = "--tag", paramLabel = "TAG", description = "A tag, key=value or a bare word; repeatable.")
    @Nullable public List<String> tags;

    @Option(names = "--list", paramLabel = "LIST", description = "A network access list, id or name; repeatable.")
    @Nullable public List<String> lists;

    @Option(names = "--volumes", paramLabel = "N", description = "How many LUKS volumes it binds.")
    private @Nullable Integer volumes;

    @Option(names = "--require-approval", negatable = true, description = "A human must approve each unlock.")
    private @Nullable Boolean requireApproval;

    @Option(names = "--acknowledge-open", negatable = true, description = "A very wide address block is meant.")
    private @Nullable Boolean acknowledgeOpen;

    @Option(
            names = "--curve",
            paramLabel = "CURVE",
            description = "P-521, P-384 or P-256.",
            completionCandidates = FixedValues.Curves.class)
    private @Nullable String curve;

    @Option(names = "--notes", paramLabel = "TEXT", description = "Free text for operators.")
    private @Nullable String notes;

    /** Adds the given settings to a request body. */
    public void writeTo(ObjectNode body, Lookup networkAccessLists) throws CommandFailure {
        if (sources != null) {
            body.set(
                    "sources",
                    ApiClient.array(
                            sources.stream().map(DeviceOptions::asStored).toList()));
        }
        if (tags != null) {
            body.set(
                    "tags",
                    ApiClient.array(tags.stream()
                            .map(tag -> tag.toLowerCase(Locale.ROOT))
                            .toList()));
        }
        if (lists != null) {
            body.set("networkAccessLists", ApiClient.array(networkAccessLists.ids(lists)));
        }
        if (volumes != null) {
            body.put("volumes", volumes);
        }
        if (requireApproval != null) {
            body.put("requireApproval", requireApproval);
        }
        if (acknowledgeOpen != null) {
            body.put("acknowledgeOpen", acknowledgeOpen);
        }
        if (curve != null) {
            body.put("curve", curve);
        }
        if (notes != null) {
            body.put("notes", notes);
        }
    }

    /** As the server shows it; what is no block is the server's to refuse. */
    private static String asStored(String block) {
        try {
            return Cidr.parse(block).toString();
        } catch (IllegalArgumentException e) {
            return block;
        }
    }

    public boolean saysNothing() {
        return sources == null
                && tags == null
                && lists == null
                && volumes == null
                && requireApproval == null
                && acknowledgeOpen == null
                && curve == null
                && notes == null;
    }
}
