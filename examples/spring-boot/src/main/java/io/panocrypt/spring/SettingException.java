package io.panocrypt.spring;

import io.panocrypt.policy.model.OperationException;
import java.io.Serial;
import java.util.function.Supplier;

/** Says in one sentence which setting is missing or wrong, beginning with its name. */
final class SettingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    SettingException(String problem) {
        super(problem);
    }

    SettingException(String problem, Throwable cause) {
        super(problem, cause);
    }

    /** What is made from a setting, or that the setting is wrong. */
    static <T> T checked(String setting, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | IllegalStateException | OperationException e) {
            throw new SettingException(setting + ": " + e.getMessage(), e);
        }
    }
}
