package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.TextTable;
import java.io.PrintWriter;

/** Formats devices for humans. */
final class DeviceText {
    private DeviceText() {}

    /** Prints what the owner of a new device needs. The command to type is on the last line. */
    static void printBinding(JsonNode device, PrintWriter out) {
        new Facts()
                .row("id", cell(device.path("id")))
                .row("name", cell(device.path("name")))
                .row("state", cell(device.path("state")))
                .row("unlock URL", cell(device.path("unlockUrl")))
                .row("thumbprint", cell(device.path("thumbprint")))
                .print(out);
        printBindCommand(device, out);
    }

    static void printAll(JsonNode device, PrintWriter out) {
        Facts facts = new Facts()
                .row("id", cell(device.path("id")))
                .row("name", cell(device.path("name")))
                .row("state", cell(device.path("state")))
                .row("tags", cell(device.path("tags")))
                .row("sources", cell(device.path("sources")))
                .row("lists", cell(device.path("networkAccessLists")));
        ApprovalText.addTo(facts, device);
        facts.row("open sources", device.path("acknowledgeOpen").asBoolean() ? "acknowledged" : "not acknowledged")
                .row("volumes", cell(device.path("volumes")))
                .row("notes", cell(device.path("notes")))
                .row("unlock URL", cell(device.path("unlockUrl")))
                .row("thumbprint", cell(device.path("thumbprint")))
                .row("curve", cell(device.path("curve")))
                .row("custody", cell(device.path("custody")));
        for (JsonNode key : device.path("keys")) {
            facts.row(
                    "keys " + cell(key.path("generation")),
                    cell(key.path("exchange"))
                            + place(key)
                            + (key.path("hidden").asBoolean() ? " (hidden)" : ""));
        }
        facts.row("created", cell(device.path("created")));
        // Only the view of a single device has these members. Without the check an empty line would suggest there was
        // no unlock.
        if (device.has("lastSeen")) {
            facts.row("last seen", cell(device.path("lastSeen"))).row("last unlock", cell(device.path("lastUnlock")));
        }
        facts.row("version", cell(device.path("version"))).print(out);
        printBindCommand(device, out);
    }

    /** The site's own custody needs no words, and an older server names none. */
    private static String place(JsonNode key) {
        String custody = cell(key.path("custody"));
        return custody.isEmpty() || custody.equals("site") ? "" : " in " + custody;
    }

    private static void printBindCommand(JsonNode device, PrintWriter out) {
        String command = cell(device.path("bindCommand"));
        if (!command.isEmpty()) {
            out.println();
            out.println(TextTable.plain(command));
        }
    }

    /** Prints one line: the device and its new state. */
    static void printState(JsonNode device, PrintWriter out) {
        new Facts()
                .row(cell(device.path("id")), cell(device.path("name")) + "  " + cell(device.path("state")))
                .print(out);
    }
}
