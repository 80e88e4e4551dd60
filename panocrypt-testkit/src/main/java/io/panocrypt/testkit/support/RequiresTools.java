package io.panocrypt.testkit.support;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The programs that a test needs.
 *
 * <p>If one is missing, the test is disabled, and the reason names all missing programs. With the system property
 * {@code panocrypt.requireTools} set to {@code true} the test fails instead: a machine that should have the tools must
 * not pass by skipping.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RequiresToolsCondition.class)
@SuppressWarnings("exports") // only JUnit uses the condition
public @interface RequiresTools {

    /**
     * The programs: names on the {@code PATH}, or absolute paths.
     *
     * @return at least one
     */
    String[] value();
}
