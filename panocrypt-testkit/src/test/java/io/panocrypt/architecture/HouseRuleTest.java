package io.panocrypt.architecture;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.panocrypt.architecture.SmallHouse.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HouseRuleTest {
    @Nested
    class OnTheHouseItself {
        private static final JavaClasses HOUSE = House.mainClasses();

        @ParameterizedTest
        @EnumSource
        void holds(HouseRule rule) throws IOException {
            Set<String> exported = House.exportedPackages();
            assertDoesNotThrow(() -> rule.check(HOUSE, exported));
        }

        @Test
        void looksAtMainCodeOnly() {
            assertTrue(HOUSE.stream().anyMatch(type -> type.getPackageName().startsWith("io.panocrypt.crypto")));
            assertTrue(HOUSE.stream().noneMatch(type -> type.isEquivalentTo(HouseRuleTest.class)));
        }

        /** Otherwise the rule about the API would check nothing and always pass. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "io.panocrypt.crypto",
                    "io.panocrypt.policy",
                    "io.panocrypt.servlet",
                    "io.panocrypt.console",
                    "io.panocrypt.testkit"
                })
        void readsWhatEachLibraryWithClassesExports(String library) throws IOException {
            boolean hasClasses = HOUSE.stream()
                    .anyMatch(type -> type.getPackageName().startsWith(library)
                            && !type.getSimpleName().equals("package-info"));
            boolean exports = House.exportedPackages().stream().anyMatch(name -> name.startsWith(library));
            assertEquals(hasClasses, exports, library);
        }
    }

    @Nested
    class OnUnlawfulCode {
        @ParameterizedTest
        @MethodSource("io.panocrypt.architecture.UnlawfulCode#all")
        void firesAndNamesTheCulprit(UnlawfulCode unlawful, @TempDir Path folder) throws IOException {
            JavaClasses house = SmallHouse.build(folder, unlawful.codes());
            AssertionError fired =
                    assertThrows(AssertionError.class, () -> unlawful.breaks().check(house, UnlawfulCode.EXPORTED));
            assertTrue(fired.getMessage().contains("Culprit"), fired.getMessage());
        }

        @Test
        void showsEveryRuleAViolation() {
            Set<HouseRule> shown = UnlawfulCode.all().map(UnlawfulCode::breaks).collect(Collectors.toSet());
            assertEquals(EnumSet.allOf(HouseRule.class), shown);
        }
    }

    @Nested
    class OnLawfulCode {
        @Test
        void staysSilentByEveryRule(@TempDir Path folder) throws IOException {
            JavaClasses house = SmallHouse.build(folder, LAWFUL);
            for (HouseRule rule : HouseRule.values()) {
                assertDoesNotThrow(() -> rule.check(house, UnlawfulCode.EXPORTED), rule::name);
            }
        }

        private static final List<Code> LAWFUL = Stream.of(
                        new Code(
                                "io.panocrypt.crypto.ec.Point",
                                "private com.fasterxml.jackson.databind.JsonNode parsed; public byte[] x;"),
                        new Code("com.fasterxml.jackson.databind.JsonNode", ""),
                        new Code("io.panocrypt.policy.model.Device", "public java.util.List<java.time.Instant> seen;"),
                        new Code(
                                "io.panocrypt.policy.spi.store.Store",
                                "public io.panocrypt.policy.model.Device device;"),
                        new Code(
                                "io.panocrypt.policy.internal.decision.Decide",
                                "boolean open(io.panocrypt.policy.model.Device d, java.time.Instant now) {"
                                        + " return d.seen.get(0).isBefore(now.minusSeconds(1)); }"),
                        new Code(
                                "io.panocrypt.policy.store.memory.Memory",
                                "io.panocrypt.policy.spi.store.Store store; int[] numbers; byte[][] keys;"),
                        new Code(
                                "io.panocrypt.policy.store.jdbc.Jdbc",
                                "io.panocrypt.policy.spi.store.Store d; java.sql.Connection c; javax.sql.DataSource s;"),
                        new Code("io.panocrypt.policy.spi.store.StoreWrite", ""),
                        new Code(
                                "io.panocrypt.policy.internal.edit.PolicyEditor",
                                "class Draft { Object edit = new io.panocrypt.policy.spi.store.StoreWrite(); }"),
                        new Code(
                                "io.panocrypt.policy.notify.Webhook",
                                "java.net.http.HttpClient client; java.net.Socket s;"),
                        new Code("io.panocrypt.policy.Facade", "io.panocrypt.policy.internal.decision.Decide decide;"),
                        new Code(
                                "io.panocrypt.servlet.Wire",
                                "io.panocrypt.policy.Facade facade; public jakarta.servlet.Servlet servlet;"),
                        new Code("io.panocrypt.console.Page", "io.panocrypt.servlet.Wire wire;"),
                        new Code("jakarta.servlet.Servlet", ""),
                        new Code(
                                "io.panocrypt.testkit.junit.Extension",
                                "public org.junit.jupiter.api.extension.ExtensionContext context;"),
                        new Code("org.junit.jupiter.api.extension.ExtensionContext", ""))
                .toList();
    }
}
