package io.panocrypt.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** The rules about packages. */
final class Rooms {
    private static final int MAX_TYPES = 40;

    static final DescribedPredicate<JavaClass> TOP_LEVEL =
            DescribedPredicate.describe("are top-level", Rooms::isTopLevel);

    static final ArchCondition<JavaClass> SHARE_ITS_PACKAGE_WITH_FEW =
            new ArchCondition<>("share a package with at most 39 others") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    long types = type.getPackage().getClasses().stream()
                            .filter(Rooms::isTopLevel)
                            .count();
                    if (types > MAX_TYPES) {
                        events.add(SimpleConditionEvent.violated(
                                type, type.getName() + " is one of " + types + " types in its package"));
                    }
                }
            };

    private Rooms() {}

    static ArchCondition<JavaClass> beExportedOrInternal(Set<String> exported) {
        return new ArchCondition<>("be exported, or below internal and not exported") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean internal = ("." + type.getPackageName() + ".").contains(".internal.");
                boolean isExported = exported.contains(type.getPackageName());
                if (internal == isExported) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + (internal ? " is internal and exported" : " is neither")));
                }
            }
        };
    }

    private static boolean isTopLevel(JavaClass type) {
        return !type.isArray()
                && type.isTopLevelClass()
                && !type.getSimpleName().equals("package-info");
    }
}
