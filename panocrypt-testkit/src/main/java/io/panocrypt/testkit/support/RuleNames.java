package io.panocrypt.testkit.support;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Puts the rule's name, such as D12, at the start of failure messages and skip reasons, since build tools print only
 * the method's name. If the test class inherits the rule's group, the name of the test class follows.
 */
public final class RuleNames implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    RuleNames() {}

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    private static Throwable named(ExtensionContext context, Throwable failure) {
        DisplayName rule = context.getTestMethod()
                .map(method -> method.getAnnotation(DisplayName.class))
                .orElse(null);
        if (rule == null || failure instanceof VirtualMachineError) {
            return failure;
        }
        String message = rule.value() + subject(context) + ": " + failure.getMessage();
        Throwable named = failure instanceof TestAbortedException
                ? new TestAbortedException(message, failure)
                : new AssertionError(message, failure);
        // Shows where the failure happened, not this place.
        named.setStackTrace(failure.getStackTrace());
        return named;
    }

    /** The test class's name, if the test inherits the group: build tools print the declaring class instead. */
    private static String subject(ExtensionContext context) {
        List<Class<?>> enclosing = context.getEnclosingTestClasses();
        boolean inherits = !enclosing.isEmpty()
                && enclosing.get(enclosing.size() - 1)
                        != context.getRequiredTestClass().getEnclosingClass();
        return inherits ? enclosing.stream().map(Class::getSimpleName).collect(Collectors.joining(".", " (", ")")) : "";
    }
}
