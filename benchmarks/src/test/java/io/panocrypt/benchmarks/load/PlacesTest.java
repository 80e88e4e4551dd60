package io.panocrypt.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacesTest {
    @Test
    void keepsClientsOffTheServersProcessors() {
        assertEquals(Optional.of(new Places(List.of(0), List.of(1))), Places.of(List.of(0, 1)));
        assertEquals(Optional.of(new Places(List.of(2, 3, 5), List.of(7))), Places.of(List.of(2, 3, 5, 7)));
    }

    @Test
    void partsNobodyWhereThereIsOneProcessorOrNobodyKnows() {
        assertEquals(Optional.empty(), Places.of(List.of(0)));
        assertEquals(Optional.empty(), Places.of(List.of()));
    }
}
