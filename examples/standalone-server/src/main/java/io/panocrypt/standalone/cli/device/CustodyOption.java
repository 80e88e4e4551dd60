package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a device's next keys are made. */
final class CustodyOption {
    @Option(
            names = "--custody",
            paramLabel = "NAME",
            description =
                    "Where its next keys are made: default, site or pkcs11. The keys that it has stay where they are.")
    private @Nullable String custody;

    void writeTo(ObjectNode body) {
        if (custody != null) {
            body.put("custody", custody);
        }
    }

    boolean saysNothing() {
        return custody == null;
    }
}
