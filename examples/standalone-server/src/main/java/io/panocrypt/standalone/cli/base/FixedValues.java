package io.panocrypt.standalone.cli.base;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.WireNamed;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Values of options that are known without asking the server, for shell completion. */
public abstract class FixedValues implements Iterable<String> {
    private final List<String> values;

    private FixedValues(Collection<String> values) {
        this.values = List.copyOf(values);
    }

    private static List<String> of(WireNamed... constants) {
        return Arrays.stream(constants).map(WireNamed::wireName).toList();
    }

    @Override
    public Iterator<String> iterator() {
        return values.iterator();
    }

    /** The roles of people; a service account is made with scopes. */
    public static final class Roles extends FixedValues {
        public Roles() {
            super(of(Role.ADMIN, Role.APPROVER, Role.VIEWER));
        }
    }

    public static final class DeviceStates extends FixedValues {
        public DeviceStates() {
            super(of(DeviceState.values()));
        }
    }

    public static final class Outcomes extends FixedValues {
        public Outcomes() {
            super(of(Outcome.values()));
        }
    }

    /** States of requests, and {@code all}. */
    public static final class RequestStates extends FixedValues {
        public RequestStates() {
            super(Stream.concat(of(ApprovalRequest.State.values()).stream(), Stream.of("all"))
                    .toList());
        }
    }

    public static final class Skips extends FixedValues {
        public Skips() {
            super(of(AllowanceSkip.values()));
        }
    }

    public static final class Events extends FixedValues {
        public Events() {
            super(Webhook.possibleEvents());
        }
    }

    public static final class Curves extends FixedValues {
        public Curves() {
            super(Arrays.stream(Curve.values()).map(Curve::crv).toList());
        }
    }
}
