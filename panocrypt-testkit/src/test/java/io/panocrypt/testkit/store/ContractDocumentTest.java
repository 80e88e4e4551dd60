package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page that explains the contract of a store names the rules that are checked, and no others. */
class ContractDocumentTest {
    private static final Pattern ROW = Pattern.compile("^\\| ([DOP][0-9]+(?:, [DOP][0-9]+)*) \\|", Pattern.MULTILINE);

    @Test
    void explainsEachRuleOnce() throws IOException {
        Set<String> explained = new TreeSet<>();
        Matcher row = ROW.matcher(page());
        while (row.find()) {
            for (String rule : row.group(1).split(", ")) {
                assertTrue(explained.add(rule), () -> rule + " is explained twice");
            }
        }
        assertEquals(checked(), explained);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of(System.getProperty("panocrypt.root"), "docs", "store-contract.md"));
    }

    /** The rules of both contracts. */
    static Set<String> checked() {
        Set<String> rules = new TreeSet<>();
        for (Class<?> contract : List.of(DecisionStoreContract.class, PolicyStoreContract.class)) {
            for (Class<?> type = contract; type != Object.class; type = type.getSuperclass()) {
                for (Method method : type.getDeclaredMethods()) {
                    if (method.isAnnotationPresent(DisplayName.class)) {
                        rules.add(
                                method.getAnnotation(DisplayName.class).value().split(" ", 2)[0]);
                    }
                }
            }
        }
        return rules;
    }
}
