package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import picocli.CommandLine.Command;

/** A command on devices without further options. */
abstract class DeviceAct extends DevicesCommand {
    private final String act;

    private DeviceAct(String act) {
        this.act = act;
    }

    @Override
    final ApiAnswer change(ApiClient api, ApiAnswer before) throws CommandFailure {
        return api.post(ApiClient.path("devices", before.id(), act), ApiClient.object());
    }

    @Override
    void printDone(JsonNode after) {
        DeviceText.printState(after, out());
    }

    @Command(name = "disable", description = "Refuse a device until it is enabled again.")
    static final class Disable extends DeviceAct {
        Disable() {
            super("disable");
        }
    }

    @Command(name = "enable", description = "Let a disabled device unlock again.")
    static final class Enable extends DeviceAct {
        Enable() {
            super("enable");
        }
    }

    @Command(name = "confirm", description = "Confirm a device that was enrolled and waits for you.")
    static final class Confirm extends DeviceAct {
        Confirm() {
            super("confirm");
        }
    }

    @Command(
            name = "rotate-keys",
            description = "Advertise a new generation of keys. The old one answers until its bindings are renewed.")
    static final class RotateKeys extends DeviceAct {
        RotateKeys() {
            super("rotate-keys");
        }

        @Override
        void printDone(JsonNode after) {
            DeviceText.printBinding(after, out());
        }
    }
}
