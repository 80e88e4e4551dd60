package io.panocrypt.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.benchmarks.load.report.Plan;
import io.panocrypt.benchmarks.load.stores.StoresPlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {
    private static Optional<LoadOptions> parse(String words) {
        return LoadOptions.parse(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }

    @Test
    void measuresEverybodyUnlessAskedForLess() {
        assertEquals(Optional.of(new LoadOptions.SideBySide(Plan.FULL, false)), parse(""));
        assertEquals(Optional.of(new LoadOptions.SideBySide(Plan.QUICK, false)), parse("--quick"));
    }

    @Test
    void pinsIfAsked() {
        assertEquals(Optional.of(new LoadOptions.SideBySide(Plan.FULL, true)), parse("--pin"));
        assertEquals(Optional.of(new LoadOptions.SideBySide(Plan.QUICK, true)), parse("--pin --quick"));
    }

    @Test
    void comparesStoresIfAsked() {
        assertEquals(Optional.of(new LoadOptions.Stores(StoresPlan.FULL)), parse("--stores"));
        assertEquals(Optional.of(new LoadOptions.Stores(StoresPlan.QUICK)), parse("--stores --quick"));
        assertEquals(Optional.of(new LoadOptions.Stores(StoresPlan.QUICK)), parse("--quick --stores"));
    }

    @Test
    void growsToAMillionUnlessTold() {
        assertEquals(Optional.of(new LoadOptions.Growth(1_000_000)), parse("growth"));
        assertEquals(Optional.of(new LoadOptions.Growth(20_000)), parse("growth --devices 20000"));
    }

    @Test
    void measuresFewManyAndMost() {
        assertEquals(List.of(100, 10_000, 1_000_000), new LoadOptions.Growth(1_000_000).sizes());
        assertEquals(List.of(100, 10_000), new LoadOptions.Growth(10_000).sizes());
        assertEquals(List.of(100, 500), new LoadOptions.Growth(500).sizes());
    }

    @Test
    void bootsTenThousandUnlessTold() {
        assertEquals(Optional.of(new LoadOptions.Storm(10_000)), parse("storm"));
        assertEquals(Optional.of(new LoadOptions.Storm(200)), parse("storm --devices 200"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--slow",
                "--quick growth",
                "stores",
                "--stores --pin",
                "--stores --stores",
                "--stores --quick --pin",
                "growth --stores",
                "growth --quick",
                "growth --pin",
                "--pin storm",
                "growth 200",
                "growth --devices",
                "growth --devices 100",
                "growth --devices 1e6",
                "growth --devices 10000000",
                "growth --devices 200 300",
                "storm --devices 0",
                "storm --devices -5",
                "storm --devices 15001"
            })
    void refusesWhatItDoesNotKnow(String words) {
        assertEquals(Optional.empty(), parse(words));
    }
}
