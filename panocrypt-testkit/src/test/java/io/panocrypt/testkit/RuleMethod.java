package io.panocrypt.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * A test method of a contract; it checks one rule.
 *
 * @param contract the contract, or a subclass that can be run
 * @param group the nested class that has the method; null if the contract itself has it
 * @param method its display name begins with the rule
 */
public record RuleMethod(Class<?> contract, @Nullable Class<?> group, Method method) {
    /** All tests of the contract and its groups. */
    public static List<RuleMethod> of(Class<?> contract) {
        List<RuleMethod> found = new ArrayList<>();
        rules(contract).forEach(method -> found.add(new RuleMethod(contract, null, method)));
        for (Class<?> group : ReflectionSupport.findNestedClasses(
                contract, type -> AnnotationSupport.isAnnotated(type, Nested.class))) {
            rules(group).forEach(method -> found.add(new RuleMethod(contract, group, method)));
        }
        return found;
    }

    private static List<Method> rules(Class<?> type) {
        return AnnotationSupport.findAnnotatedMethods(type, DisplayName.class, HierarchyTraversalMode.TOP_DOWN);
    }

    /** The rules of the contract, such as D12. */
    public static Set<String> rulesOf(Class<?> contract) {
        return of(contract).stream().map(RuleMethod::rule).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Runs the tests, none of which may be skipped, and returns the violated rules. */
    public static Set<String> failed(List<RuleMethod> tests) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(tests.stream().map(RuleMethod::selector).toArray(DiscoverySelector[]::new))
                .execute()
                .testEvents();
        Set<String> asked = tests.stream().map(RuleMethod::rule).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(asked, rules(events.started()), "the rules that have run");
        return rules(events.failed());
    }

    /** Runs the contract, none of whose tests may fail, and returns the rules that were skipped. */
    public static Set<String> skipped(Class<?> contract) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contract))
                .execute()
                .testEvents();
        assertEquals(Set.of(), rules(events.failed()), "the rules that fail");
        return rules(events.aborted());
    }

    /** The rule's id, such as D12. */
    public String rule() {
        return rule(method);
    }

    private DiscoverySelector selector() {
        return group == null ? selectMethod(contract, method) : selectNestedMethod(List.of(contract), group, method);
    }

    private static Set<String> rules(Events events) {
        return events.stream()
                .map(event ->
                        (MethodSource) event.getTestDescriptor().getSource().orElseThrow())
                .map(source -> rule(source.getJavaMethod()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String rule(Method method) {
        return method.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
    }
}
