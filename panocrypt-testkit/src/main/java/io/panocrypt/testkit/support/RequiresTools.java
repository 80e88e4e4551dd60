package io.panocrypt.testkit.support;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The programs without which a test cannot run.
 *
 * <p>Where one is missing the test is disabled, and the reason names every missing program. With the system property
 * {@code panocrypt.requireTools} set to {@code true} it fails instead: a machine that should have the tools must not
 * pass by skipping.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RequiresToolsCondition.class)
@SuppressWarnings("exports") // The condition is JUnit's business, not the user's.
public @interface RequiresTools {

    /**
     * Names to be found on {@code PATH}, or absolute paths.
     *
     * @return one at least
     */
    String[] value();
}
