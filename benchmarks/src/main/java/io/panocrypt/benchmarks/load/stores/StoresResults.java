package io.panocrypt.benchmarks.load.stores;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.benchmarks.Spread;
import io.panocrypt.benchmarks.load.report.LoadFile;
import io.panocrypt.benchmarks.load.report.LoadResults;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The turns of one run by demand and store, and the table made from them. */
final class StoresResults {
    private static final String ROW = "%-21s %-10s %10s %18s %7s %9s %18s %8s %8s %10s %7s";
    private static final String ABSENT = "absent";

    private final Map<Demand, Map<StoreKind, List<StoreTurn>>> turns = new EnumMap<>(Demand.class);

    void add(Demand demand, StoreKind store, StoreTurn turn) {
        turns.computeIfAbsent(demand, any -> new EnumMap<>(StoreKind.class))
                .computeIfAbsent(store, any -> new ArrayList<>())
                .add(turn);
    }

    /** The turns in the order of rounds; empty if not measured. */
    private List<StoreTurn> of(Demand demand, StoreKind store) {
        return turns.getOrDefault(demand, Map.of()).getOrDefault(store, List.of());
    }

    private double[] values(Demand demand, StoreKind store, ToDoubleFunction<StoreTurn> value) {
        return of(demand, store).stream().mapToDouble(value).toArray();
    }

    /** The ratios to SQLite in the same rounds, sorted. */
    double[] ratios(Demand demand, StoreKind store, ToDoubleFunction<StoreTurn> value) {
        return LoadResults.ratios(values(demand, store, value), values(demand, StoreKind.SQLITE, value));
    }

    /** The table with one row for each demand and store: medians, and ratios to SQLite with their range. */
    String table() {
        StringBuilder table = new StringBuilder(row(
                "",
                "store",
                "requests/s",
                "x sqlite (range)",
                "cpu ms",
                "engine ms",
                "x sqlite (range)",
                "p50 ms",
                "p99 ms",
                "engine MiB",
                "failed"));
        for (Demand demand : Demand.values()) {
            for (StoreKind store : StoreKind.values()) {
                table.append(
                        of(demand, store).isEmpty()
                                ? row(demand.title(), store.title(), ABSENT, "", "", "", "", "", "", "", "")
                                : measured(demand, store));
            }
        }
        return table.toString();
    }

    private String measured(Demand demand, StoreKind store) {
        boolean hasEngine = store != StoreKind.MEMORY && store != StoreKind.SQLITE;
        return row(
                demand.title(),
                store.title(),
                cell("%.0f", demand, store, turn -> turn.unlocks().perSecond()),
                LoadResults.range(
                        "%.2f", ratios(demand, store, turn -> turn.unlocks().perSecond())),
                cell("%.2f", demand, store, turn -> turn.unlocks().processorMillis()),
                hasEngine ? cell("%.2f", demand, store, StoreTurn::engineMillis) : "",
                LoadResults.range("%.2f", ratios(demand, store, StoreTurn::bothMillis)),
                cell("%.2f", demand, store, turn -> turn.unlocks().p50()),
                cell("%.2f", demand, store, turn -> turn.unlocks().p99()),
                hasEngine ? cell("%.0f", demand, store, turn -> turn.unlocks().memoryMib()) : "",
                Integer.toString(of(demand, store).stream()
                        .mapToInt(turn -> turn.unlocks().failures())
                        .sum()));
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells).stripTrailing() + '\n';
    }

    private String cell(String format, Demand demand, StoreKind store, ToDoubleFunction<StoreTurn> value) {
        return String.format(
                Locale.ROOT, format, Spread.of(values(demand, store, value)).median());
    }

    ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode demands = root.putObject("demands");
        for (Demand demand : Demand.values()) {
            ObjectNode stores = demands.putObject(demand.title());
            for (StoreKind store : StoreKind.values()) {
                ArrayNode rounds = stores.putArray(store.title());
                for (StoreTurn turn : of(demand, store)) {
                    ObjectNode one = rounds.addObject();
                    LoadFile.put(one, turn.unlocks());
                    one.put("engineMillis", turn.engineMillis());
                }
            }
        }
        return root.put("lastLine", lastLine());
    }

    /** One line for scripts: requests per second of plain unlocks by 32 clients, by store. */
    String lastLine() {
        return Stream.of(StoreKind.values())
                .map(store -> store.title()
                        + '='
                        + (of(Demand.PLAIN_MANY, store).isEmpty()
                                ? ABSENT
                                : cell(
                                        "%.0f",
                                        Demand.PLAIN_MANY,
                                        store,
                                        turn -> turn.unlocks().perSecond())))
                .collect(Collectors.joining(" "));
    }
}
