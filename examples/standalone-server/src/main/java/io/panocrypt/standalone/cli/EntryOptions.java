package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.FixedValues;
import io.panocrypt.standalone.cli.base.Lookup;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select entries of the history and the audit. */
final class EntryOptions {
    private EntryOptions() {}

    private static void put(Map<String, String> query, String name, @Nullable Object value) {
        if (value != null) {
            query.put(name, value.toString());
        }
    }

    /** Selects entries by time. */
    static final class Times {
        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "From this time on: 2026-11-30T18:00:00Z, a date in UTC, or 24h for 24 hours ago.")
        private @Nullable Instant from;

        @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
        private @Nullable Instant to;

        void check() throws CommandFailure {
            if (from != null && to != null && !from.isBefore(to)) {
                throw CommandFailure.usage("--from must be before --to");
            }
        }

        void addTo(Map<String, String> query) {
            put(query, "from", from);
            put(query, "to", to);
        }
    }

    /** Selects attempts by what only they have. */
    static final class OfAttempts {
        @Option(
                names = "--outcome",
                paramLabel = "OUTCOME",
                description = "Only attempts that ended so: allowed, denied or pending.",
                completionCandidates = FixedValues.Outcomes.class)
        private @Nullable String outcome;

        @Option(
                names = "--source",
                paramLabel = "CIDR",
                description = "Only attempts from this address, or from this block.")
        private @Nullable String source;

        void addTo(Map<String, String> query) {
            put(query, "outcome", outcome);
            put(query, "source", source);
        }

        boolean isGiven() {
            return outcome != null || source != null;
        }
    }

    /** Selects edits by what only they have. */
    static final class OfEdits {
        @Option(
                names = "--actor",
                paramLabel = "ACTOR",
                description = "Only acts of this member, by name or id; or of host, service or enrollment-key/ID.")
        private @Nullable String actor;

        @Option(
                names = "--action",
                paramLabel = "ACTION",
                description = "Only this act, such as device.disable; device means all acts on devices.")
        private @Nullable String action;

        void addTo(Map<String, String> query, ApiClient api) throws CommandFailure {
            put(query, "actor", actor == null ? null : id(actor, api));
            put(query, "action", action);
        }

        /** A deleted member has no name any more, but its id is in the audit. */
        private static String id(String typed, ApiClient api) throws CommandFailure {
            boolean isWord = typed.equals("host") || typed.equals("service") || typed.contains("/");
            return isWord || typed.length() == Lookup.ID_LENGTH
                    ? typed
                    : Lookup.members(api).one(typed).id();
        }

        boolean isGiven() {
            return actor != null || action != null;
        }
    }

    /** Where to go on. */
    static final class Cursor {
        @Option(
                names = "--cursor",
                paramLabel = "CURSOR",
                description = "Go on where an earlier search has stopped, as it said.")
        private @Nullable String cursor;

        void addTo(Map<String, String> query) {
            put(query, "cursor", cursor);
        }
    }
}
