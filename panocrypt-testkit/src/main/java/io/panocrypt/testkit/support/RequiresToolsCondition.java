package io.panocrypt.testkit.support;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link RequiresTools}. */
public final class RequiresToolsCondition implements ExecutionCondition {

    static final String REQUIRE_PROPERTY = "panocrypt.requireTools";

    RequiresToolsCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> missing = AnnotationSupport.findAnnotation(context.getElement(), RequiresTools.class)
                .map(required -> missing(required.value()))
                .orElse(List.of());
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("all required programs are here");
        }
        String reason = "missing tools: " + String.join(", ", missing);
        if (Boolean.getBoolean(REQUIRE_PROPERTY)) {
            throw new ExtensionConfigurationException(reason + " (" + REQUIRE_PROPERTY + " is true)");
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    private static List<String> missing(String[] tools) {
        return Arrays.stream(tools).filter(tool -> !isPresent(tool)).toList();
    }

    private static boolean isPresent(String tool) {
        Path given = Path.of(tool);
        if (given.isAbsolute()) {
            return isProgram(given);
        }
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(Pattern.quote(File.pathSeparator)))
                        .filter(folder -> !folder.isEmpty())
                        .anyMatch(folder -> isProgram(Path.of(folder, tool)));
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
