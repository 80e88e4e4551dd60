package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryCondition.Absent;
import io.panocrypt.policy.spi.entry.EntryCondition.HasVersion;
import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryMutation.Put;
import io.panocrypt.policy.spi.entry.EntryMutation.Remove;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.store.entry.MemoryEntryStore;
import io.panocrypt.testkit.Overlap;
import io.panocrypt.testkit.support.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Entry stores with one typical mistake each. */
enum BrokenEntryStores {
    PAIRS_SORTED_ANSWERS_WITH_UNSORTED_KEYS("E1", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            Map<String, StoreEntry> read = super.read(keys);
            Map<String, StoreEntry> found = new HashMap<>();
            Iterator<String> sorted = new TreeSet<>(keys).iterator();
            for (String key : keys) {
                StoreEntry entry = read.get(sorted.next());
                if (entry != null) {
                    found.put(key, entry);
                }
            }
            return found;
        }
    })),

    READS_AN_EMPTY_VALUE_UNDER_ABSENT_KEYS("E2, E16, E23", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            Map<String, StoreEntry> found = new HashMap<>(super.read(keys));
            keys.forEach(key -> found.putIfAbsent(key, new StoreEntry(key, "", "0")));
            return found;
        }
    })),

    CANNOT_READ_NOTHING("E2", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            if (keys.isEmpty()) {
                throw new StoreException("wrong number of arguments");
            }
            return super.read(keys);
        }
    })),

    TRIMS_VALUES("E3", node(right -> new RewritingEntryStore(right) {
        @Override
        String value(String given) {
            return given.strip();
        }
    })),

    TAKES_KEYS_FOR_PATHS("E4", node(right -> new RewritingEntryStore(right) {
        @Override
        String key(String given) {
            return given.replace("//", "/");
        }
    })),

    ORDERS_WITHOUT_CASE("E5", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            Comparator<StoreEntry> ascending = Comparator.comparing(StoreEntry::key, String.CASE_INSENSITIVE_ORDER);
            return super.scan(from, to, limit, order).stream()
                    .sorted(order == ScanOrder.ASCENDING ? ascending : ascending.reversed())
                    .toList();
        }
    })),

    INCLUDES_THE_UPPER_BOUND("E6, E7, E8, E15", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            boolean isKey = !to.isEmpty() && to.length() <= MAX_KEY_LENGTH;
            return super.scan(from, isKey ? to + "!" : to, limit, order);
        }
    })),

    SWAPS_BOUNDS("E6", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            return from.compareTo(to) < 0 ? super.scan(from, to, limit, order) : super.scan(to, from, limit, order);
        }
    })),

    ENDS_A_PAGE_AT_A_MEGABYTE("E7", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            List<StoreEntry> page = new ArrayList<>();
            int size = 0;
            for (StoreEntry entry : super.scan(from, to, limit, order)) {
                size += entry.value().length();
                if (size <= 1_000_000) {
                    page.add(entry);
                }
            }
            return page;
        }
    })),

    COUNTS_FROM_THE_LOWER_END("E7, E8", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            List<StoreEntry> page = new ArrayList<>(super.scan(from, to, limit, ScanOrder.ASCENDING));
            if (order == ScanOrder.DESCENDING) {
                Collections.reverse(page);
            }
            return page;
        }
    })),

    DROPS_FROM_A_PAGE_WHAT_HAS_GONE("E8", () -> {
        Intrusion intrusion = new Intrusion();
        return right -> new ForwardingEntryStore(right) {
            @Override
            public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
                if (!inARace() || !intrusion.begins()) {
                    return super.scan(from, to, limit, order);
                }
                intrusion.awaitIntruder();
                List<StoreEntry> page = super.scan(from, to, limit, order);
                intrusion.letIn();
                Set<String> left =
                        read(page.stream().map(StoreEntry::key).toList()).keySet();
                return page.stream().filter(entry -> left.contains(entry.key())).toList();
            }

            @Override
            public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
                return inARace() && mutations.stream().anyMatch(Remove.class::isInstance)
                        ? intrusion.intrude(() -> super.write(conditions, mutations))
                        : super.write(conditions, mutations);
            }
        };
    }),

    CANNOT_REMOVE_NOTHING("E9", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            EntryInput.checkWrite(conditions, mutations, maxBatch());
            return mutations.stream()
                            .filter(Remove.class::isInstance)
                            .noneMatch(mutation -> read(List.of(mutation.key())).isEmpty())
                    && super.write(conditions, mutations);
        }
    })),

    REMOVES_EVEN_IF_IT_REFUSES("E10", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            boolean written = super.write(conditions, mutations);
            if (!written) {
                super.write(
                        List.of(),
                        mutations.stream().filter(Remove.class::isInstance).toList());
            }
            return written;
        }
    })),

    MAKES_EACH_MUTATION_WHOSE_CONDITION_HOLDS("E10, E23", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            boolean written = super.write(conditions, mutations);
            for (EntryMutation mutation : written ? List.<EntryMutation>of() : mutations) {
                conditions.stream()
                        .filter(condition -> condition.key().equals(mutation.key()))
                        .forEach(own -> super.write(List.of(own), List.of(mutation)));
            }
            return written;
        }
    })),

    HOLDS_ANY_VERSION_OF_AN_ABSENT_KEY("E11", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            List<EntryCondition> looked = new ArrayList<>(conditions);
            looked.removeIf(condition -> condition instanceof HasVersion
                    && read(List.of(condition.key())).isEmpty());
            return super.write(looked, mutations);
        }
    })),

    TAKES_AN_EMPTY_VALUE_FOR_ABSENCE("E12", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            EntryInput.checkWrite(conditions, mutations, maxBatch());
            List<EntryCondition> looked = new ArrayList<>(conditions);
            looked.removeIf(condition -> condition instanceof Absent
                    && read(List.of(condition.key())).values().stream()
                            .anyMatch(entry -> entry.value().isEmpty()));
            return super.write(looked, mutations);
        }
    })),

    TAKES_REMOVED_KEYS_FOR_PRESENT("E12, E22, E23, E30", () -> {
        Set<String> removed = ConcurrentHashMap.newKeySet();
        return right -> new ForwardingEntryStore(right) {
            @Override
            public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
                boolean holds = conditions.stream()
                        .noneMatch(condition -> condition instanceof Absent && removed.contains(condition.key()));
                boolean written = holds && super.write(conditions, mutations);
                if (written) {
                    mutations.stream()
                            .filter(Remove.class::isInstance)
                            .forEach(mutation -> removed.add(mutation.key()));
                }
                return written;
            }
        };
    }),

    CALLS_A_WRITE_WITHOUT_MUTATIONS_REFUSED("E13", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            return super.write(conditions, mutations) && !mutations.isEmpty();
        }
    })),

    TAKES_A_HASH_FOR_A_VERSION(
            "E14", versions(() -> entry -> Integer.toString(entry.value().hashCode()))),

    COUNTS_VERSIONS_SINCE_THE_CREATION("E14, E30", versions(VersioningEntryStore.SinceTheCreation::new)),

    HAS_ONE_VERSION_FOR_ALL("E15", versions(VersioningEntryStore.OfTheWholeStore::new)),

    CACHES_READS("E16", node(right -> new CachingEntryStore(right, false))),

    CACHES_SCANS("E16", node(right -> new CachingEntryStore(right, true))),

    LOOKS_BEFORE_IT_CREATES("E17", () -> {
        Overlap overlap = new Overlap();
        return right -> new HastyEntryStore(
                right,
                overlap,
                (condition, mutated) -> condition instanceof Absent && mutated.contains(condition.key()));
    }),

    LOOKS_BEFORE_IT_REPLACES("E18", () -> {
        Overlap overlap = new Overlap();
        return right -> new HastyEntryStore(
                right,
                overlap,
                (condition, mutated) -> condition instanceof HasVersion && mutated.contains(condition.key()));
    }),

    LOOKS_AT_OTHER_KEYS_BEFORE_IT_WRITES("E19", () -> {
        Overlap overlap = new Overlap();
        return right -> new HastyEntryStore(right, overlap, (condition, mutated) -> !mutated.contains(condition.key()));
    }),

    LETS_A_WRITE_INTO_ANOTHER("E20", () -> {
        Intrusion intrusion = new Intrusion();
        return right -> new ForwardingEntryStore(right) {
            @Override
            public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
                if (!inARace() || conditions.isEmpty() || mutations.size() < 2) {
                    return super.write(conditions, mutations);
                }
                return intrusion.begins()
                        ? writeInHalves(conditions, mutations, intrusion)
                        : intrusion.intrude(() -> super.write(conditions, mutations));
            }
        };
    }),

    CONFIRMS_HALF_OF_A_WRITE("E21", () -> {
        Intrusion intrusion = new Intrusion();
        return right -> new ForwardingEntryStore(right) {
            private volatile boolean readHalf;

            @Override
            public Map<String, StoreEntry> read(Collection<String> keys) {
                boolean before = intrusion.isLetIn();
                Map<String, StoreEntry> found = super.read(keys);
                // The held write may have come to its middle since.
                readHalf = before
                        || found.values().stream()
                                        .map(StoreEntry::value)
                                        .distinct()
                                        .count()
                                > 1;
                return found;
            }

            @Override
            public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
                if (inARace() && conditions.isEmpty() && mutations.size() > 1 && intrusion.begins()) {
                    return writeInHalves(conditions, mutations, intrusion);
                }
                boolean written = super.write(conditions, mutations);
                if (written && mutations.isEmpty() && readHalf) {
                    intrusion.end();
                }
                return written;
            }
        };
    }),

    CUTS_LONG_KEYS("E22", node(right -> new RewritingEntryStore(right) {
        @Override
        String key(String given) {
            return given.length() > 255 && given.length() <= MAX_KEY_LENGTH ? given.substring(0, 255) : given;
        }
    })),

    CUTS_LONG_VALUES("E22", node(right -> new RewritingEntryStore(right) {
        @Override
        String value(String given) {
            boolean cut = given.length() > 65_535 && bytes(given) <= MAX_VALUE_BYTES;
            return cut ? given.substring(0, 65_534) : given;
        }
    })),

    WRITES_A_BATCH_IN_PARTS("E23", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            EntryInput.checkWrite(conditions, mutations, maxBatch());
            List<EntryMutation> left = new ArrayList<>(mutations);
            List<EntryCondition> looks = new ArrayList<>(conditions);
            while (left.size() > 25) {
                List<EntryMutation> part = List.copyOf(left.subList(0, 25));
                Set<String> keys = new HashSet<>();
                part.forEach(mutation -> keys.add(mutation.key()));
                List<EntryCondition> own = looks.stream()
                        .filter(condition -> keys.contains(condition.key()))
                        .toList();
                if (!super.write(own, part)) {
                    return false;
                }
                left.removeAll(part);
                looks.removeAll(own);
            }
            return super.write(looks, left);
        }
    })),

    SPLITS_A_READ_OF_TOO_MANY_KEYS("E24", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            Map<String, StoreEntry> found = new HashMap<>();
            List<String> left = List.copyOf(keys);
            while (left.size() > maxBatch()) {
                found.putAll(super.read(left.subList(0, maxBatch())));
                left = left.subList(maxBatch(), left.size());
            }
            found.putAll(super.read(left));
            return found;
        }
    })),

    LOWERS_A_LIMIT_THAT_IS_TOO_LARGE("E24", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            return super.scan(from, to, Math.min(limit, EntryInput.MAX_SCAN), order);
        }
    })),

    FINDS_NOTHING_UNDER_AN_INVALID_KEY("E25", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            return super.read(keys.stream()
                    .filter(key -> key.matches("[!-~]{1," + MAX_KEY_LENGTH + "}"))
                    .toList());
        }
    })),

    FINDS_NOTHING_BETWEEN_INVALID_BOUNDS("E25", node(right -> new ForwardingEntryStore(right) {
        @Override
        public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
            try {
                return super.scan(from, to, limit, order);
            } catch (StoreInputException e) {
                // Bounds that are right, so a wrong limit is still refused.
                return super.scan("a", "a", limit, order);
            }
        }
    })),

    REPLACES_TEXT_THAT_IT_CANNOT_KEEP("E26", node(right -> new RewritingEntryStore(right) {
        @Override
        String value(String given) {
            return given.replace('\0', '?');
        }
    })),

    CUTS_A_VALUE_THAT_IS_TOO_LARGE("E26", node(right -> new RewritingEntryStore(right) {
        @Override
        String value(String given) {
            return bytes(given) > MAX_VALUE_BYTES ? given.substring(0, 1_000) : given;
        }
    })),

    COUNTS_CHARACTERS_AS_BYTES("E26", node(right -> new RewritingEntryStore(right) {
        @Override
        String value(String given) {
            boolean few = given.length() <= MAX_VALUE_BYTES;
            return few && bytes(given) > MAX_VALUE_BYTES ? given.substring(0, 1_000) : given;
        }
    })),

    LETS_THE_LAST_MUTATION_OF_A_KEY_WIN("E27", node(right -> new ForwardingEntryStore(right) {
        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            Map<String, EntryMutation> last = new LinkedHashMap<>();
            mutations.forEach(mutation -> last.put(mutation.key(), mutation));
            return super.write(conditions, last.values());
        }
    })),

    TAKES_49_KEYS("E28", node(right -> new ForwardingEntryStore(right) {
        @Override
        public int maxBatch() {
            return 49;
        }

        @Override
        public Map<String, StoreEntry> read(Collection<String> keys) {
            EntryInput.checkRead(keys, maxBatch());
            return super.read(keys);
        }

        @Override
        public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
            EntryInput.checkWrite(conditions, mutations, maxBatch());
            return super.write(conditions, mutations);
        }
    })),

    BOUNDS_ITS_CALLS_NOW_AND_THEN("E28", node(right -> new ForwardingEntryStore(right) {
        private boolean bounds;

        @Override
        public boolean boundsItsCalls() {
            bounds = !bounds;
            return bounds;
        }
    })),

    STOPS_ITS_CLOCK("E29", node(right -> new ForwardingEntryStore(right) {
        private final Instant opened = right.now();

        @Override
        public Instant now() {
            return opened;
        }
    })),

    IS_AN_HOUR_FAST("E29", node(right -> new ForwardingEntryStore(right) {
        @Override
        public Instant now() {
            return Instant.now().plus(Duration.ofHours(1));
        }
    })) {
        @Override
        EntryStoreFixture open(MutableClock clock) {
            return new SharedMemoryFixture(clock, nodes()) {
                @Override
                public boolean followsClock() {
                    return false;
                }
            };
        }
    },

    LOSES_EVERYTHING_AT_A_RESTART("E30", node(UnaryOperator.identity())) {
        @Override
        EntryStoreFixture open(MutableClock clock) {
            return new SharedMemoryFixture(clock, nodes()) {
                @Override
                EntryStore restarted(EntryStore before) {
                    return new MemoryEntryStore(clock);
                }
            };
        }
    },

    NUMBERS_VERSIONS_AGAIN_AFTER_A_RESTART("E30", node(UnaryOperator.identity())) {
        @Override
        EntryStoreFixture open(MutableClock clock) {
            return new SharedMemoryFixture(clock, nodes()) {
                @Override
                EntryStore restarted(EntryStore before) {
                    EntryStore after = new MemoryEntryStore(clock);
                    before.scan("!", "~", EntryInput.MAX_SCAN, ScanOrder.ASCENDING)
                            .forEach(entry -> after.write(List.of(), List.of(new Put(entry.key(), entry.value()))));
                    return after;
                }
            };
        }
    },

    COUNTS_ON_FROM_THE_GREATEST_VERSION_THAT_IS_LEFT("E30", node(UnaryOperator.identity())) {
        @Override
        EntryStoreFixture open(MutableClock clock) {
            VersioningEntryStore.AboveTheRest versions = new VersioningEntryStore.AboveTheRest();
            return new SharedMemoryFixture(clock, right -> new VersioningEntryStore(right, versions)) {
                @Override
                EntryStore restarted(EntryStore before) {
                    versions.restart();
                    return before;
                }
            };
        }
    };

    private final String rules;
    private final Supplier<UnaryOperator<EntryStore>> mistake;

    /**
     * Creates a mistake.
     *
     * @param rules the rules that the contract must find violated, and no others, separated by commas
     * @param mistake called for each test; makes what makes a node from an engine
     */
    BrokenEntryStores(String rules, Supplier<UnaryOperator<EntryStore>> mistake) {
        this.rules = rules;
        this.mistake = mistake;
    }

    /** A mistake for which nodes need to share nothing. */
    private static Supplier<UnaryOperator<EntryStore>> node(UnaryOperator<EntryStore> node) {
        return () -> node;
    }

    private static Supplier<UnaryOperator<EntryStore>> versions(Supplier<VersioningEntryStore.Versions> kind) {
        return () -> {
            VersioningEntryStore.Versions versions = kind.get();
            return right -> new VersioningEntryStore(right, versions);
        };
    }

    private static int bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The rules that it violates. */
    Set<String> violated() {
        return Set.of(rules.split(", "));
    }

    /** Makes nodes for one test. */
    final UnaryOperator<EntryStore> nodes() {
        return mistake.get();
    }

    /** Opens a new store with the mistake. */
    EntryStoreFixture open(MutableClock clock) {
        return new SharedMemoryFixture(clock, nodes());
    }
}
