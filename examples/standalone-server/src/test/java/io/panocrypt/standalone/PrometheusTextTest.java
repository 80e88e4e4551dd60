package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the check: it must reject wrong text. */
class PrometheusTextTest {
    private static final String GOOD = """
            # HELP a_total Things
            # TYPE a_total counter
            a_total{x="1"} 2.0
            a_total{x="2"} 1.5E9
            # HELP h_seconds How long
            # TYPE h_seconds histogram
            h_seconds_bucket{le="0.1"} 1
            h_seconds_bucket{le="+Inf"} 2
            h_seconds_count 2
            h_seconds_sum 0.7
            # HELP g Something
            # TYPE g gauge
            g NaN
            """;

    @Test
    void readsWhatIsRight() {
        PrometheusText text = PrometheusText.parse(GOOD);
        assertEquals(1.5E9, text.value("a_total{x=\"2\"}"));
        assertEquals(2, text.value("h_seconds_count"));
        assertEquals(Double.NaN, text.value("g"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a_total 1\n",
                "# TYPE a_total counter\na_total 1\n",
                "# HELP a_total x\na_total 1\n",
                "# HELP a x\n# TYPE a counter\na 1\n",
                "# HELP a x\n# TYPE a gauge\na 1",
                "# HELP a x\n# TYPE a gauge\na 1\n\n",
                "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
                "# HELP a x\n# TYPE a gauge\nb 1\n",
                "# HELP a x\n# TYPE a gauge\na one\n",
                "# HELP a x\n# TYPE a gauge\na{b=1} 1\n",
                "# HELP a x\n# TYPE a gauge\na{b=\"\\x\"} 1\n",
                "# HELP a x\n# TYPE a gauge\na 1\n# HELP b x\n# TYPE b gauge\nb 1\n# HELP a x\n",
                "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 3\na_bucket{le=\"+Inf\"} 2\na_count 2\na_sum 1\n",
                "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 3\na_sum 1\n",
                "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 2\n",
                "# HELP a x\n# TYPE a histogram\na_count 2\na_sum 1\n"
            })
    void refusesWhatIsWrong(String text) {
        assertThrows(AssertionError.class, () -> PrometheusText.parse(text));
    }
}
