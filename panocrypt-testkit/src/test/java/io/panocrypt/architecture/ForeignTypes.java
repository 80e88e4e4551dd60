package io.panocrypt.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Types in public signatures that are not for embedders: third-party types, which would tie embedders to our choice,
 * and internal types.
 */
final class ForeignTypes {
    static final ArchCondition<JavaClass> NOT_SHOW =
            new ArchCondition<>(
                    "show no internal type, and none of a third party but jakarta.servlet, or JUnit in the testkit") {
                @Override
                public void check(JavaClass api, ConditionEvents events) {
                    signatures(api)
                            .flatMap(signature -> signature.types().stream()
                                    .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                                    .map(JavaClass::getBaseComponentType)
                                    .filter(type -> isForeign(type, api))
                                    .distinct()
                                    .map(type -> signature.where() + " shows " + type.getName()))
                            .forEach(shown -> events.add(SimpleConditionEvent.violated(api, shown)));
                }
            };

    private static final List<String> OWN = List.of("java.", "javax.", "io.panocrypt.", "jakarta.servlet.");

    /** A public signature and its types. */
    private record Signature(String where, List<? extends JavaType> types) {}

    private ForeignTypes() {}

    static DescribedPredicate<JavaClass> areApi(Set<String> exportedPackages) {
        return DescribedPredicate.describe(
                "are visible in exported packages",
                type -> exportedPackages.contains(type.getPackageName())
                        && isVisible(type.getModifiers())
                        && type.getEnclosingClass()
                                .map(outer -> isVisible(outer.getModifiers()))
                                .orElse(true));
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static boolean isForeign(JavaClass type, JavaClass api) {
        return !type.isPrimitive()
                && !(api.getName().startsWith("io.panocrypt.testkit.")
                        && type.getName().startsWith("org.junit."))
                && (OWN.stream().noneMatch(type.getName()::startsWith)
                        || type.getName().startsWith("io.panocrypt.")
                                && type.getName().contains(".internal."));
    }

    private static Stream<Signature> signatures(JavaClass api) {
        Stream<JavaType> parents = Stream.concat(api.getSuperclass().stream(), api.getInterfaces().stream());
        Stream<Signature> members = api.getMembers().stream()
                .filter(member -> isVisible(member.getModifiers()))
                .map(ForeignTypes::signature);
        return Stream.concat(Stream.of(new Signature(api.getName(), parents.toList())), members);
    }

    private static Signature signature(JavaMember member) {
        if (member instanceof JavaField field) {
            return new Signature(field.getFullName(), List.of(field.getType()));
        }
        JavaCodeUnit unit = (JavaCodeUnit) member;
        Stream<JavaType> thrown = unit.getThrowsClause().getTypes().stream().map(type -> (JavaType) type);
        Stream<JavaType> types = Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream());
        return new Signature(unit.getFullName(), Stream.concat(types, thrown).toList());
    }
}
