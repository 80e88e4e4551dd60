package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcOptionsTest {
    private static Optional<EcOptions> parse(String words) {
        return EcOptions.parse(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }

    @Test
    void measuresInFullOnTheLastProcessorUnlessTold() {
        assertEquals(Optional.of(new EcOptions(Plan.FULL, Optional.empty())), parse(""));
        assertEquals(Optional.of(6), parse("--quick").orElseThrow().processorOf(List.of(2, 4, 6)));
    }

    @Test
    void takesItsOptionsInAnyOrder() {
        EcOptions quickOnOne = new EcOptions(Plan.QUICK, Optional.of(1));
        assertEquals(Optional.of(quickOnOne), parse("--quick --cpu 1"));
        assertEquals(Optional.of(quickOnOne), parse("--cpu 1 --quick"));
        assertEquals(Optional.of(1), quickOnOne.processorOf(List.of(0, 1, 2)));
    }

    @Test
    void measuresNowhereInParticularWhereTheSystemDoesNotSay() {
        assertEquals(Optional.empty(), parse("").orElseThrow().processorOf(List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--slow", "--cpu", "--cpu -1", "--cpu one", "--cpu --quick", "--quick 3", "--cpu 0-1"})
    void refusesWhatItDoesNotKnow(String words) {
        assertEquals(Optional.empty(), parse(words));
    }
}
