package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Tests the contract: each broken server must fail exactly the rules that it violates. */
@DisplayName("Tang wire table, broken servers")
final class TangServerContractTest {

    private static final Pattern RULE = Pattern.compile("^(W[0-9]+) ");

    static final class Sound extends TinyTangContract {}

    static final class SignsWithExchangeKey extends TinyTangContract {
        SignsWithExchangeKey() {
            super(TinyTang.Flaw.SIGNS_WITH_EXCHANGE_KEY);
        }
    }

    static final class AnswersOffCurvePoint extends TinyTangContract {
        AnswersOffCurvePoint() {
            super(TinyTang.Flaw.ANSWERS_OFF_CURVE_POINT);
        }
    }

    static final class RedirectsTrailingSlash extends TinyTangContract {
        RedirectsTrailingSlash() {
            super(TinyTang.Flaw.REDIRECTS_TRAILING_SLASH);
        }
    }

    static final class LooksUpKidBeforeJson extends TinyTangContract {
        LooksUpKidBeforeJson() {
            super(TinyTang.Flaw.LOOKS_UP_KID_BEFORE_JSON);
        }
    }

    static final class TellsUnknownKid extends TinyTangContract {
        TellsUnknownKid() {
            super(TinyTang.Flaw.TELLS_UNKNOWN_KID);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sound, ''",
        "SignsWithExchangeKey, W25",
        "AnswersOffCurvePoint, W45",
        "RedirectsTrailingSlash, W1 W60 W65 W7",
        "LooksUpKidBeforeJson, W46 W51 W62 W8",
        "TellsUnknownKid, W50"
    })
    void failsTheRulesThatAServerBreaks(String server, String rules) throws ClassNotFoundException {
        Class<?> contract = Class.forName(TangServerContractTest.class.getName() + "$" + server);
        Set<String> failed = new TreeSet<>();
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(contract)).execute().testEvents().failed().stream()
                .forEach(event -> failed.add(rule(event.getTestDescriptor())));
        Set<String> expected = new TreeSet<>(Arrays.asList(rules.split(" ")));
        expected.remove("");
        assertEquals(expected, failed);
    }

    private static String rule(TestDescriptor test) {
        for (TestDescriptor at = test;
                at.getParent().isPresent();
                at = at.getParent().get()) {
            Matcher rule = RULE.matcher(at.getDisplayName());
            if (rule.find()) {
                return rule.group(1);
            }
        }
        return test.getDisplayName();
    }
}
