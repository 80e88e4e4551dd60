package io.panocrypt.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.function.Function;

/**
 * An architecture rule that the compiler alone does not check.
 *
 * <p>A rule accepts an empty package, since one may be empty for a while. So {@link HouseRuleTest} shows each rule
 * failing on a violation.
 */
enum HouseRule {
    CRYPTO_KNOWS_NO_DEVICE(noClasses()
            .that()
            .resideInAPackage("io.panocrypt.crypto..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.panocrypt.policy..",
                    "io.panocrypt.servlet..",
                    "io.panocrypt.console..",
                    "io.panocrypt.testkit..")),

    POLICY_KNOWS_NO_SERVLET(noClasses()
            .that()
            .resideInAPackage("io.panocrypt.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.panocrypt.servlet..", "io.panocrypt.console..", "io.panocrypt.testkit..", "jakarta.servlet..")),

    ONLY_NOTIFY_OPENS_SOCKETS(noClasses()
            .that(resideInAPackage("io.panocrypt.policy..").and(not(resideInAPackage("io.panocrypt.policy.notify.."))))
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.net.http..", "javax.net..")
                    .or(nameMatching("java\\.net\\.(Server|Datagram)?Socket"))
                    .or(nameMatching("java\\.nio\\.channels\\.\\w*(Socket|Datagram)\\w*")))),

    DECISION_IS_PURE(noClasses()
            .that()
            .resideInAPackage("io.panocrypt.policy.internal.decision..")
            .should()
            .dependOnClassesThat(Impurity.TYPES)
            .orShould()
            .callMethodWhere(Impurity.READS_A_CLOCK)),

    ONLY_THE_JDBC_STORE_SPEAKS_SQL(noClasses()
            .that(resideInAPackage("io.panocrypt.policy..")
                    .and(not(resideInAPackage("io.panocrypt.policy.store.jdbc.."))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..")),

    MEMORY_STORE_KNOWS_ITS_SPI_ONLY(
            storeKnowsItsSpiOnly("io.panocrypt.policy.store.memory..", "io.panocrypt.policy.store.entry..")),

    /** It writes values as the house writes all stored bodies. */
    ENTRY_STORE_KNOWS_ITS_SPI_ONLY(storeKnowsItsSpiOnly(
            "io.panocrypt.policy.store.entry..",
            "io.panocrypt.policy.spi.entry..",
            "io.panocrypt.policy.internal.hash..",
            "io.panocrypt.policy.internal.records..",
            "io.panocrypt.policy.model..")),

    /** It reads on the threads that the house has for calls that may hang. */
    JDBC_STORE_KNOWS_ITS_SPI_ONLY(
            storeKnowsItsSpiOnly("io.panocrypt.policy.store.jdbc..", "io.panocrypt.policy.internal.resilience..")),

    SERVLET_TOUCHES_NO_STORE(noClasses()
            .that()
            .resideInAnyPackage("io.panocrypt.servlet..", "io.panocrypt.console..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.panocrypt.policy.store..")),

    SERVLET_KNOWS_NO_CONSOLE(noClasses()
            .that()
            .resideInAPackage("io.panocrypt.servlet..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.panocrypt.console..")),

    /** Only the editor adds the condition that the member's token is still valid; what else writes is no operator's act. */
    ONLY_THE_EDITOR_MAKES_EDITS(noClasses()
            .that(resideInAnyPackage("io.panocrypt.policy..", "io.panocrypt.servlet..", "io.panocrypt.console..")
                    .and(not(resideInAnyPackage(
                            "io.panocrypt.policy.spi.store..",
                            "io.panocrypt.policy.store..",
                            "io.panocrypt.policy.internal.unlock..",
                            "io.panocrypt.policy.internal.backup..",
                            "io.panocrypt.policy.internal.journal..",
                            "io.panocrypt.policy.internal.masterkey..",
                            "io.panocrypt.policy.internal.keys..",
                            "io.panocrypt.policy.internal.session..",
                            "io.panocrypt.policy.internal.resilience..")))
                    .and(not(nameMatching("io\\.panocrypt\\.policy\\.internal\\.notice\\.HealthAlarms")))
                    .and(not(nameMatching("io\\.panocrypt\\.policy\\.internal\\.custody\\.KeyDestroyer")))
                    .and(not(nameMatching("io\\.panocrypt\\.policy\\.internal\\.passkey\\.Challenges")))
                    .and(not(nameMatching("io\\.panocrypt\\.policy\\.internal\\.edit\\.PolicyEditor(\\$.*)?"))))
            .should()
            .dependOnClassesThat(nameMatching("io\\.panocrypt\\.policy\\.spi\\.store\\.StoreWrite(\\$.*)?"))),

    PACKAGES_FORM_NO_CYCLE(slices().matching("io.panocrypt.(**)").should().beFreeOfCycles()),

    /** Everything that is not API is below {@code internal}, and no such package is exported. */
    EXPORTED_PACKAGES_HOLD_API_ONLY(exported -> classes()
            .that(resideInAnyPackage(
                    "io.panocrypt.crypto..",
                    "io.panocrypt.policy..",
                    "io.panocrypt.servlet..",
                    "io.panocrypt.console..",
                    "io.panocrypt.testkit.."))
            .should(Rooms.beExportedOrInternal(exported))),

    ROOT_PACKAGES_HOLD_PUBLIC_TYPES_ONLY(classes()
            .that(resideInAnyPackage(
                            "io.panocrypt.crypto",
                            "io.panocrypt.policy",
                            "io.panocrypt.servlet",
                            "io.panocrypt.console")
                    .and(Rooms.TOP_LEVEL))
            .should()
            .bePublic()),

    NO_PACKAGE_HOLDS_OVER_40_TYPES(classes().that(Rooms.TOP_LEVEL).should(Rooms.SHARE_ITS_PACKAGE_WITH_FEW)),

    NO_PACKAGE_IS_NAMED_UTIL(noClasses().should().resideInAnyPackage("..util..", "..utils..")),

    MAIN_CODE_USES_NO_BOUNCY_CASTLE(noClasses()
            .that(resideInAnyPackage(
                    "io.panocrypt.crypto..",
                    "io.panocrypt.policy..",
                    "io.panocrypt.servlet..",
                    "io.panocrypt.console.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..")),

    API_SHOWS_NO_FOREIGN_TYPE(
            exported -> classes().that(ForeignTypes.areApi(exported)).should(ForeignTypes.NOT_SHOW));

    private final Function<Set<String>, ArchRule> rule;

    HouseRule(ArchRule rule) {
        this(exported -> rule);
    }

    HouseRule(Function<Set<String>, ArchRule> rule) {
        this.rule = rule;
    }

    /** Throws an {@link AssertionError} that names all violations, if there are any. */
    void check(JavaClasses house, Set<String> exportedPackages) {
        rule.apply(exportedPackages).allowEmptyShould(true).check(house);
    }

    private static ArchRule storeKnowsItsSpiOnly(String store, String... also) {
        return classes()
                .that()
                .resideInAPackage(store)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                store, "io.panocrypt.policy.spi.store..", "java..", "javax.sql..", "org.jspecify..")
                        .or(resideInAnyPackage(also)));
    }
}
