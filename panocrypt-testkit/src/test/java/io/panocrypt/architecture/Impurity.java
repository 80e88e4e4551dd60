package io.panocrypt.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;

/** What a pure function must not use. */
final class Impurity {
    static final DescribedPredicate<JavaClass> TYPES = resideInAnyPackage(
                    "java.io..", "java.nio..", "java.net..", "java.sql..", "javax.sql..", "io.panocrypt.policy.store..")
            .or(assignableTo(Clock.class))
            .or(assignableTo(InstantSource.class))
            .or(assignableTo(Random.class))
            .as("do I/O, know a store, tell the time or draw lots");

    static final DescribedPredicate<JavaMethodCall> READS_A_CLOCK =
            DescribedPredicate.describe("the system's clock answers", Impurity::readsClock);

    private static final Set<String> SYSTEM_CLOCKS = Set.of("currentTimeMillis", "nanoTime");

    private Impurity() {}

    private static boolean readsClock(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        boolean systemClock = owner.isEquivalentTo(System.class)
                && SYSTEM_CLOCKS.contains(call.getTarget().getName());
        boolean now = owner.getPackageName().startsWith("java.time")
                && call.getTarget().getName().equals("now");
        return systemClock || now;
    }
}
