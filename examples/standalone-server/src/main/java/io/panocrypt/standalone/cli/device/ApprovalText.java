package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What makes a device wait for people, and for whom, as humans read it. */
final class ApprovalText {
    private ApprovalText() {}

    /** What asks for approval, in a word or a few. */
    static String brief(JsonNode device) {
        List<String> causes = causes(device, "");
        if (causes.isEmpty()) {
            return "no";
        }
        return String.join(",", causes) + (isReachable(device) ? "" : " (nobody can)");
    }

    /** What asks for approval, who can give it, and how many must. */
    static void addTo(Facts facts, JsonNode device) {
        List<String> causes = causes(device, "group ");
        facts.row("approval", causes.isEmpty() ? "not required" : "required by " + String.join(", ", causes));
        JsonNode approval = device.path("approval");
        if (!causes.isEmpty() && approval.isObject()) {
            facts.row("approvers", names(approval.path("approvers")))
                    .row(
                            "must agree",
                            cell(approval.path("quorum")) + (isReachable(device) ? "" : ": nobody can approve it now"));
        }
    }

    private static List<String> causes(JsonNode device, String before) {
        List<String> causes = new ArrayList<>();
        JsonNode approval = device.path("approval");
        if (approval.path("byItself").asBoolean(device.path("requireApproval").asBoolean())) {
            causes.add("itself");
        }
        approval.path("groups").forEach(group -> causes.add(before + cell(group.path("name"))));
        return causes;
    }

    private static boolean isReachable(JsonNode device) {
        return device.path("approval").path("reachable").asBoolean(true);
    }

    private static String names(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(one -> cell(one.path("name")))
                .collect(Collectors.joining(","));
    }
}
