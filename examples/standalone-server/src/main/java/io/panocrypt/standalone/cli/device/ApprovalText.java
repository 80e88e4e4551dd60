package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Formats for humans why a device needs approval, and by whom. */
final class ApprovalText {
    private ApprovalText() {}

    /** What requires approval, in a few words. */
    static String brief(JsonNode device) {
        List<String> causes = causes(device, "");
        if (causes.isEmpty()) {
            return "no";
        }
        return String.join(",", causes) + (isReachable(device) ? "" : " (nobody can)");
    }

    /** Adds what requires approval, who may approve, and how many must. */
    static void addTo(Facts facts, JsonNode device) {
        List<String> causes = causes(device, "group ");
        facts.row("approval", causes.isEmpty() ? "not required" : "required by " + String.join(", ", causes));
        JsonNode approval = device.path("approval");
        if (causes.isEmpty() && !approval.path("approvers").isEmpty()) {
            facts.row("if a rule asks", names(approval.path("approvers")));
        } else if (!causes.isEmpty() && approval.isObject()) {
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
