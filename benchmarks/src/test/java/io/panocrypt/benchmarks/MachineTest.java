package io.panocrypt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void namesTheDesignOfTheFirstProcessor() {
        assertEquals(
                "AMD EPYC, family 25, model 1, stepping 1",
                Machine.processor(List.of(
                        "processor\t: 0",
                        "cpu family\t: 25",
                        "model\t\t: 1",
                        "model name\t: AMD EPYC",
                        "stepping\t: 1",
                        "",
                        "model name\t: another one")));
    }

    @Test
    void leavesOutWhatIsNotThere() {
        assertEquals("A: B", Machine.processor(List.of("model name : A: B", "power management:")));
    }

    @Test
    void saysUnknownWhereTheSystemDoesNotName() {
        assertEquals("unknown", Machine.processor(List.of("CPU implementer\t: 0x41", "")));
    }
}
